"""The tables of who may ask, and of who asked. All stations of a database share them."""

from __future__ import annotations

import sqlalchemy as sa

from skelp.sinks.sql.tables import metadata

__all__ = ["audit", "log_ins", "metadata", "people", "tokens"]

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, index=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("made_at", sa.String(32), nullable=False),
    sa.Column("expires_at", sa.String(32), nullable=False),
    sa.Column("last_used_at", sa.String(32)),
    sa.Column("revoked_at", sa.String(32)),
)
"""Only hashes of the secrets are stored. A revoked token stays, so that it is known who it was."""

people = sa.Table(
    "people",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password", sa.String(255), nullable=False),
    sa.Column("made_at", sa.String(32), nullable=False),
    sa.Column("left_at", sa.String(32)),
)
"""`password` as domain/passwords.py makes it."""

log_ins = sa.Table(
    "log_ins",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), sa.ForeignKey("people.name"), nullable=False, index=True),
    sa.Column("made_at", sa.String(32), nullable=False),
    sa.Column("expires_at", sa.String(32), nullable=False),
    sa.Column("last_used_at", sa.String(32)),
    sa.Column("revoked_at", sa.String(32)),
)
"""Only hashes of the cookies are stored."""

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("action", sa.String(32), nullable=False),
    sa.Column("subject", sa.String(256), nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("left_out", sa.Integer, nullable=False),
    sa.Column("station", sa.String(128), nullable=False, server_default=""),
)
"""Triggers (migration 0009) refuse to change or delete a row."""
