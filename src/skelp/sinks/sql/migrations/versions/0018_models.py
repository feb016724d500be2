"""Which models were chosen for the line, and what a second model would have said about coils."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "models",
        sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), nullable=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("version", sa.String(128), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("station_sha256", sa.String(64), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "shadows",
        sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
        sa.Column("coil_id", sa.String(128), primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("exposed_lines", sa.BigInteger, nullable=False),
        sa.Column("seen_lines", sa.BigInteger, nullable=False),
        sa.Column("first", sa.JSON, nullable=False),
        sa.Column("second", sa.JSON, nullable=False),
    )
    op.create_index("models_of_station", "models", ["station", "number"])


def downgrade() -> None:
    op.drop_table("shadows")
    op.drop_table("models")
