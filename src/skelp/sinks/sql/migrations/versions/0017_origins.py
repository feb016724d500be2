"""The cuts of which coils were derived, and the ids of defects as cameras saw them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("defects", sa.Column("seen_as", sa.String(160)))
    op.create_table(
        "origins",
        sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
        sa.Column("piece_id", sa.String(128), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("coil_id", sa.String(128)),
        sa.Column("from_m", sa.Float, nullable=False),
        sa.Column("to_m", sa.Float, nullable=False),
        sa.Column("head_to_tail", sa.Boolean, nullable=False),
        sa.Column("turned_over", sa.Boolean, nullable=False),
        sa.Column("sides_exchanged", sa.Boolean, nullable=False),
        sa.Column("trimmed_operator_mm", sa.Float, nullable=False),
        sa.Column("trimmed_drive_mm", sa.Float, nullable=False),
        sa.Column("first_line", sa.BigInteger, nullable=False),
        sa.Column("lines", sa.BigInteger, nullable=False),
        sa.Column("width_mm", sa.Float),
        sa.ForeignKeyConstraint(["station", "piece_id"], ["coils.station", "coils.coil_id"]),
        sa.ForeignKeyConstraint(["station", "coil_id"], ["coils.station", "coils.coil_id"]),
    )
    op.create_index("origins_of_coil", "origins", ["station", "coil_id"])


def downgrade() -> None:
    op.drop_table("origins")
    op.drop_column("defects", "seen_as")
