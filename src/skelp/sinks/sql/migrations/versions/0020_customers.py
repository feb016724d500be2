"""The customer that a coil is for, which chooses its recipe together with the product."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("coils", sa.Column("customer", sa.String(128), nullable=False, server_default=""))
    op.create_index("coils_by_customer", "coils", ["station", "customer", "number"])


def downgrade() -> None:
    op.drop_index("coils_by_customer", "coils")
    op.drop_column("coils", "customer")
