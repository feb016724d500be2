"""The table about the line: in which states coils passed."""

from __future__ import annotations

import sqlalchemy as sa

from skelp.sinks.sql.tables import metadata

passages = sa.Table(
    "passages",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
    sa.Column("coil_id", sa.String(128), primary_key=True),
    sa.Column("known_by", sa.String(16), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("first_line", sa.BigInteger, nullable=False),
    sa.Column("lines", sa.BigInteger, nullable=False),
    sa.Column("started_at", sa.String(32)),
    sa.Column("seconds", sa.Float),
    sa.Column("again_lines", sa.BigInteger, nullable=False),
    sa.Column("slowest_m_s", sa.Float),
    sa.Column("fastest_m_s", sa.Float),
    sa.ForeignKeyConstraint(["station", "coil_id"], ["coils.station", "coils.coil_id"]),
)
"""The stretches of coils that passed in one state of the line. `number` counts those of a coil that are known by the same."""
