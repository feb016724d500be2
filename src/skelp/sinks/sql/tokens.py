"""The tokens of callers. They belong to the database, not to a station, so they may be made and revoked while a station runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from skelp.domain.access import USE_KNOWN_FOR, Role, Token, digest, new_secret
from skelp.domain.errors import SkelpError
from skelp.domain.moments import iso, now
from skelp.sinks.sql.access_tables import tokens
from skelp.sinks.sql.audit import note_command
from skelp.sinks.sql.engines import Engines
from skelp.sinks.sql.faults import told


class Tokens:
    """Satisfies ports.TokenStore."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def new(self, name: str, role: Role, valid: timedelta) -> str:
        """Add a token and return its secret, which is stored nowhere. Raises SkelpError if a good token has this name."""
        moment = datetime.now(UTC)
        with told("the token cannot be stored"), self._engines.writing.begin() as connection:
            if any(t.fault(moment) is None for t in _found(connection, tokens.c.name == name)):
                raise SkelpError(f"there is a token {name} already; choose another name, or revoke it first: skelp token revoke {name}")
            secret = new_secret()
            values = {"name": name, "role": role.value, "made_at": iso(moment), "expires_at": iso(moment + valid)}
            connection.execute(tokens.insert().values(sha256=digest(secret), **values))
            note_command(connection, "token new", f"{name} ({role})")
        return secret

    def all(self) -> list[Token]:
        """Every token, the oldest first."""
        with told("the tokens cannot be read"), self._engines.reading.begin() as connection:
            return _found(connection, sa.true())

    def revoke(self, name: str) -> None:
        """Revoke the token of this name. Raises SkelpError if there is no good one."""
        good = (tokens.c.name == name) & tokens.c.revoked_at.is_(None)
        with told("the token cannot be revoked"), self._engines.writing.begin() as connection:
            if not connection.execute(tokens.update().where(good).values(revoked_at=now())).rowcount:
                raise SkelpError(f"there is no token {name} that could be revoked; skelp token list shows the tokens")
            note_command(connection, "token revoke", name)

    def find(self, sha256: str) -> Token | None:
        """The token with this hash of its secret. The hash is the key, so the time of the query says nothing about a secret."""
        with told("the tokens cannot be read"), self._engines.reading.begin() as connection:
            found = _found(connection, tokens.c.sha256 == sha256)
        return found[0] if found else None

    def used(self, sha256: str) -> None:
        """Note that the token was used now."""
        with told("the use of a token cannot be stored"), self._engines.writing.begin() as connection:
            connection.execute(used_now(tokens, sha256))


def used_now(table: sa.Table, sha256: str) -> sa.Update:
    """Notes in a table of tokens or log-ins that one was used now, unless a use is noted that is younger than USE_KNOWN_FOR."""
    moment = datetime.now(UTC)
    known = table.c.last_used_at > iso(moment - USE_KNOWN_FOR)
    stale = (table.c.sha256 == sha256) & (table.c.last_used_at.is_(None) | ~known)
    return table.update().where(stale).values(last_used_at=iso(moment))


def _found(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Token]:
    query = sa.select(*[c for c in tokens.c if c.name != "sha256"]).where(which).order_by(tokens.c.made_at)
    rows = connection.execute(query).mappings()
    return [token_of(**row) for row in rows if row["role"] in set(Role)]  # a role of another version has no right here


def token_of(name: str, role: str, **times: str | None) -> Token:
    """The token or log-in of a row without its hash."""
    return Token(name, Role(role), **{key: None if at is None else datetime.fromisoformat(at) for key, at in times.items()})  # type: ignore[arg-type] # two may be None
