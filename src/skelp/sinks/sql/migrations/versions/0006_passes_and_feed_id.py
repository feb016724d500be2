"""The number of a coil's pass, and the identity of the feed."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("coils", sa.Column("pass_number", sa.Integer, nullable=False, server_default="1"))
    identity = op.create_table(
        "identity", sa.Column("name", sa.String(32), primary_key=True), sa.Column("value", sa.String(64), nullable=False)
    )
    op.bulk_insert(identity, [{"name": "feed", "value": str(uuid.uuid4())}])


def downgrade() -> None:
    op.drop_table("identity")
    op.drop_column("coils", "pass_number")
