"""What persons decided for coils."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "overrides",
        sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), nullable=False),
        sa.Column("override_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("coil_id", sa.String(128), nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("operator", sa.String(64), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["station", "coil_id"], ["coils.station", "coils.coil_id"]),
        sqlite_autoincrement=True,
    )
    op.create_index("overrides_of_coil", "overrides", ["station", "coil_id"])


def downgrade() -> None:
    op.drop_table("overrides")
