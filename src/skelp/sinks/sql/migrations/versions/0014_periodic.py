"""Series of defects that repeat along a coil."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "periodic",
        sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
        sa.Column("periodic_id", sa.String(160), primary_key=True),
        sa.Column("coil_id", sa.String(128), nullable=False),
        sa.Column("side", sa.String(16), nullable=False),
        sa.Column("across_mm", sa.Float, nullable=False),
        sa.Column("period_mm", sa.Float, nullable=False),
        sa.Column("period_error_mm", sa.Float, nullable=False),
        sa.Column("first_mm", sa.Float, nullable=False),
        sa.Column("last_mm", sa.Float, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("expected", sa.Integer, nullable=False),
        sa.Column("by_chance_log10", sa.Float, nullable=False),
        sa.Column("rolls", sa.JSON, nullable=False),
        sa.Column("defect_ids", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(["station", "coil_id"], ["coils.station", "coils.coil_id"]),
    )
    op.create_index("periodic_of_coil", "periodic", ["station", "coil_id"])


def downgrade() -> None:
    op.drop_table("periodic")
