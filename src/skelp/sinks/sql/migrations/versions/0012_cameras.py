"""The cameras of a station and the side that each sees, for who reads the records without the station: which sides were looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("stations", sa.Column("cameras", sa.JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("stations", "cameras")
