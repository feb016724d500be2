"""What language processes say of their connections to the plant's systems."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "connections",
        sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("peer", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(300), nullable=False),
        sa.Column("sent_seq", sa.BigInteger),
        sa.Column("acknowledged_seq", sa.BigInteger),
        sa.Column("last_sent_at", sa.String(32)),
        sa.Column("last_acknowledged_at", sa.String(32)),
        sa.Column("waiting", sa.BigInteger, nullable=False),
        sa.Column("resend_handled", sa.BigInteger, nullable=False),
        sa.Column("heard_at", sa.String(32), nullable=False),
        sa.Column("silent", sa.Boolean, nullable=False),
        sa.Column("was_connected", sa.Boolean, nullable=False),
        sa.Column("failing_since", sa.String(32)),
        sa.Column("request_number", sa.BigInteger, nullable=False),
        sa.Column("request_after", sa.BigInteger),
        sa.Column("request_by", sa.String(64)),
        sa.Column("request_at", sa.String(32)),
    )


def downgrade() -> None:
    op.drop_table("connections")
