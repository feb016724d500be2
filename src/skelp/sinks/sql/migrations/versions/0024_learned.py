"""What a model's card says that it found of each class.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("model_classes", sa.Column("learned", sa.JSON))


def downgrade() -> None:
    op.drop_column("model_classes", "learned")
