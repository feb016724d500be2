"""The tables about models: what was chosen for the line, and what a second model would have said."""

from __future__ import annotations

import sqlalchemy as sa

from skelp.sinks.sql.tables import metadata

models = sa.Table(
    "models",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), nullable=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("file", sa.String(255), nullable=False),
    sa.Column("name", sa.String(128), nullable=False),
    sa.Column("version", sa.String(128), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("station_sha256", sa.String(64), nullable=False),
    sa.Column("why", sa.String(16), nullable=False),
    sa.Index("models_of_station", "station", "number"),
    sqlite_autoincrement=True,
)
"""Which models were chosen for the line. Rows are appended; the newest one stands while the station file has the model `station_sha256`."""

shadows = sa.Table(
    "shadows",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
    sa.Column("coil_id", sa.String(128), primary_key=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("exposed_lines", sa.BigInteger, nullable=False),
    sa.Column("seen_lines", sa.BigInteger, nullable=False),
    sa.Column("first", sa.JSON, nullable=False),
    sa.Column("second", sa.JSON, nullable=False),
)
"""What a second model would have said about a coil. It may be written before the coil is, so it refers to none."""
