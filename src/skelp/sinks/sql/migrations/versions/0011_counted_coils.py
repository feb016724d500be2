"""Totals and counts of a final coil, which never change, so that a list of coils need not count its defects again.

And indices for lists of coils by time, product and decision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_INDICES = {
    "coils_by_start": ["station", "started_at"],
    "coils_by_end": ["station", "finished_at"],
    "coils_by_product": ["station", "product", "number"],
    "coils_by_decision": ["station", "decision", "number"],
}


def upgrade() -> None:
    op.add_column("coils", sa.Column("counted", sa.JSON))
    for name, columns in _INDICES.items():
        op.create_index(name, "coils", columns)


def downgrade() -> None:
    for name in _INDICES:
        op.drop_index(name, "coils")
    op.drop_column("coils", "counted")
