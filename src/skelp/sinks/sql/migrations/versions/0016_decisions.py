"""Decisions that were made again, by another recipe, and what each model knows."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), nullable=False),
        sa.Column("decision_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("coil_id", sa.String(128), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("recipe_name", sa.String(128), nullable=False),
        sa.Column("recipe_sha256", sa.String(64), nullable=False),
        sa.Column("operator", sa.String(64), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["station", "coil_id"], ["coils.station", "coils.coil_id"]),
        sa.UniqueConstraint("station", "coil_id", "number"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "model_classes",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("classes", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("model_classes")
    op.drop_table("decisions")
