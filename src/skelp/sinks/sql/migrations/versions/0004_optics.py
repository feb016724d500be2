"""Light and sharpness of each camera on each coil, and from which reading on the reference is taken."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "optics",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("coil_id", sa.String(128), sa.ForeignKey("coils.coil_id"), nullable=False),
        sa.Column("camera", sa.String(64), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("light_dn", sa.JSON, nullable=False),
        sa.Column("sharpness", sa.Float, nullable=False),
        sa.Index("optics_of_camera", "camera", "number"),
    )
    op.execute("INSERT INTO counters (name, value) VALUES ('optics_reference', 0)")


def downgrade() -> None:
    op.execute("DELETE FROM counters WHERE name = 'optics_reference'")
    op.drop_table("optics")
