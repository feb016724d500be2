"""How wide a coil's strip should be."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("coils", sa.Column("strip_width_mm", sa.Float))


def downgrade() -> None:
    op.drop_column("coils", "strip_width_mm")
