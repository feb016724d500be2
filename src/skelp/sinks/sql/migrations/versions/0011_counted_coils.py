"""Totals and counts of a final coil, which never change, so that a list of coils need not count its defects again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("coils", sa.Column("counted", sa.JSON))


def downgrade() -> None:
    op.drop_column("coils", "counted")
