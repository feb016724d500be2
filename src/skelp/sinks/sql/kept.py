"""What is stored once under its hash, for all stations of a database: recipes, the classes of models, common codes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from skelp.domain.common_codes import CommonCodes
from skelp.sinks.sql import rows
from skelp.sinks.sql.code_tables import kept_codes
from skelp.sinks.sql.session import Session


def keep(session: Session, table: sa.Table, values: dict[str, Any]) -> None:
    """Add a row unless there is one with its key. Stations that share a database may do so at the same time."""
    insert = (sqlite if session.connection.dialect.name == "sqlite" else postgresql).insert(table)
    session.execute(insert.values(**values).on_conflict_do_nothing())


def keep_codes(session: Session, codes: CommonCodes) -> None:
    """Store common codes, unless they are stored already."""
    keep(session, kept_codes, rows.of_codes(codes))


def codes_of(session: Session, sha256: str) -> CommonCodes | None:
    """The common codes with this hash; None if they are not stored. Raises SkelpError if a newer skelp stored what this one lacks."""
    body = session.scalar(sa.select(kept_codes.c.body).where(kept_codes.c.sha256 == sha256))
    return None if body is None else rows.codes(body)
