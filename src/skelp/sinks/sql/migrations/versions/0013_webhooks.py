"""How far each webhook is, and the events that it gave up."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("sent", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "dead_letters",
        sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("error", sa.String(300), nullable=False),
        sa.Column("again", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("dead_letters")
    op.drop_table("webhooks")
