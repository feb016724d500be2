"""Coils, their ledger and defects, recipes, events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "coils",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("coil_id", sa.String(128), nullable=False, unique=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.Column("interrupted", sa.Boolean, nullable=False),
        sa.Column("heat", sa.String(128), nullable=False),
        sa.Column("product", sa.String(128), nullable=False),
        sa.Column("started_at", sa.String(32), nullable=False),
        sa.Column("finished_at", sa.String(32)),
        sa.Column("updated_at", sa.String(32), nullable=False),
        sa.Column("mm_per_line", sa.Float, nullable=False),
        sa.Column("width_mm", sa.Float, nullable=False),
        sa.Column("line_rate_hz", sa.Float, nullable=False),
        sa.Column("model_name", sa.String(128), nullable=False),
        sa.Column("model_sha256", sa.String(64), nullable=False),
        sa.Column("recipe_name", sa.String(128), nullable=False),
        sa.Column("recipe_sha256", sa.String(64), nullable=False),
        sa.Column("decision", sa.String(16)),
        sa.Column("reasons", sa.JSON),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_index("ix_coils_name", "coils", ["name"])
    op.create_table(
        "intervals",
        sa.Column("coil_id", sa.String(128), sa.ForeignKey("coils.coil_id"), primary_key=True),
        sa.Column("camera", sa.String(64), primary_key=True),
        sa.Column("first_line", sa.BigInteger, primary_key=True),
        sa.Column("lines", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "defects",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("defect_id", sa.String(160), nullable=False, unique=True),
        sa.Column("coil_id", sa.String(128), sa.ForeignKey("coils.coil_id"), nullable=False),
        sa.Column("class_name", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("mean_score", sa.Float, nullable=False),
        sa.Column("side", sa.String(16), nullable=False),
        sa.Column("camera", sa.String(64), nullable=False),
        sa.Column("along_mm", sa.Float, nullable=False),
        sa.Column("across_mm", sa.Float, nullable=False),
        sa.Column("length_mm", sa.Float, nullable=False),
        sa.Column("width_mm", sa.Float, nullable=False),
        sa.Column("area_mm2", sa.Float, nullable=False),
        sa.Column("orientation_deg", sa.Float, nullable=False),
        sa.Column("contrast", sa.Float, nullable=False),
        sa.Column("cut_by_gap", sa.Boolean, nullable=False),
        sa.Column("line", sa.BigInteger, nullable=False),
        sa.Column("lines", sa.BigInteger, nullable=False),
        sa.Column("column", sa.Integer, nullable=False),
        sa.Column("columns", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_index("defects_of_coil", "defects", ["coil_id", "number"])
    op.create_table(
        "recipes",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("time", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("coil_id", sa.String(128), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO counters (name, value) VALUES ('events', 0)")


def downgrade() -> None:
    for table in ("counters", "events", "recipes", "defects", "intervals", "coils"):
        op.drop_table(table)
