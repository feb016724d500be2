"""The table of common codes."""

from __future__ import annotations

import sqlalchemy as sa

from skelp.sinks.sql.tables import metadata

kept_codes = sa.Table(
    "kept_codes",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
)
"""The codes that coils were recorded with, each once. A later change of the file is another row."""
