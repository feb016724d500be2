"""Common codes: by which codes a plant and a cluster call the classes of defects."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table("kept_codes", sa.Column("sha256", sa.String(64), primary_key=True), sa.Column("body", sa.JSON, nullable=False))
    for name, length in (("codes_name", 128), ("codes_version", 32), ("codes_sha256", 64)):
        op.add_column("coils", sa.Column(name, sa.String(length)))
    for name in ("plant_code", "cluster_code"):
        op.add_column("defects", sa.Column(name, sa.String(16)))


def downgrade() -> None:
    for name in ("cluster_code", "plant_code"):
        op.drop_column("defects", name)
    for name in ("codes_sha256", "codes_version", "codes_name"):
        op.drop_column("coils", name)
    op.drop_table("kept_codes")
