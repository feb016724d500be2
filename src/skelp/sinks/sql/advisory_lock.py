"""A station's claim on a PostgreSQL database: an advisory lock, held by a session that stays open while the station runs."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from skelp.domain.errors import SkelpError
from skelp.sinks.lock_file import WHAT_TO_DO, Owner
from skelp.sinks.sql.engines import cannot_open
from skelp.sinks.sql.rows import iso
from skelp.sinks.sql.tables import counters

WAIT_S = 3.0
"""Time to wait for the lock. The server may need a moment to notice that a station was killed."""
_POLL_S = 0.1
_NAME_BYTES = 63
_CLASS = 0x736B656C  # "skel": the first half of the lock's key. The second half is the schema, so each schema has its own lock
_SCHEMA = "coalesce((SELECT oid FROM pg_namespace WHERE nspname = current_schema()), 0)"
_TRY = sa.text(f"SELECT pg_try_advisory_lock({_CLASS}, ({_SCHEMA})::int4)")
_HOLDERS = (  # the lock of skelp on this schema of this database
    f"pg_locks WHERE locktype = 'advisory' AND granted AND classid = {_CLASS} AND objid = {_SCHEMA} AND objsubid = 2"  # noqa: S608 - constants
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_HOLDER = sa.text(f"SELECT pid FROM {_HOLDERS}")  # noqa: S608 - constants
_OTHER = sa.text(f"SELECT application_name, backend_start FROM pg_stat_activity WHERE pid IN (SELECT pid FROM {_HOLDERS})")  # noqa: S608
_SESSION = sa.text(
    "SELECT set_config(name, wanted, false) FROM pg_settings JOIN (VALUES ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'),"
    " ('tcp_keepalives_count', '3'), ('idle_session_timeout', '0')) AS session (known, wanted) ON name = known"
)
"""The server notices within a minute that a station's machine lost power, and does not end the session when it is idle."""


class AdvisoryLock:
    """Satisfies Claim. Connect to PostgreSQL directly: a pooler in transaction mode cannot hold the lock.

    `subject` is what the lock protects, for messages.
    """

    def __init__(self, url: sa.URL, owner: Owner, subject: str) -> None:
        self._url, self._owner, self._subject = url, owner, subject

    def __enter__(self) -> Self:
        arguments: dict[str, Any] = {"application_name": session_name(self._owner), "keepalives_idle": 30}
        try:
            engine = sa.create_engine(self._url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT", connect_args=arguments)
            with ExitStack() as opened:
                session = opened.enter_context(engine.connect())
                opened.callback(session.invalidate)  # ends the session, and so the lock, even if the connection is broken
                session.execute(_SESSION)
                self._backend = session.scalar(sa.select(sa.func.pg_backend_pid()))
                self._take(session)
                self._opened = opened.pop_all()
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            raise cannot_open(self._url, error) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._opened.close()

    def check(self, connection: sa.Connection) -> None:
        """Lock the row that numbers events, then check that this station's session holds the advisory lock. Raises SkelpError if not.

        The row lock makes the next owner's first transaction wait until a transaction that passed this check has ended.
        """
        connection.execute(sa.select(counters.c.value).where(counters.c.name == "events").with_for_update())
        if connection.scalar(_HOLDER) != self._backend:
            raise SkelpError(
                f"this station lost its lock on {self._subject}, so another may write: its session has ended; "
                "nothing more is recorded, check the server and the network, then start again"
            )

    def _take(self, session: sa.Connection) -> None:
        """Take the lock within WAIT_S. Raises SkelpError that names the holder if another station still holds it."""
        until = time.monotonic() + WAIT_S
        while not session.scalar(_TRY):
            row = session.execute(_OTHER).first()
            if time.monotonic() >= until:
                other = owner_of(row.application_name, row.backend_start) if row else "another station"
                raise SkelpError(f"{self._subject} is in use by {other}; {WHAT_TO_DO}")
            time.sleep(_POLL_S)


def session_name(owner: Owner) -> str:
    """The owner as `application_name`: printable ASCII, at most 63 bytes. Names are encoded in UTF-7; a long one is cut."""
    name = owner.station
    while len(text := _session_name(owner, name)) > _NAME_BYTES:
        name = name[:-1]
    return text


def _session_name(owner: Owner, name: str) -> str:
    return f"skelp {owner.pid} {owner.host[:20].replace(' ', '-')} {name.encode('utf-7').decode('ascii')}"


def owner_of(session_name: str, started: datetime | None) -> Owner | str:
    """The owner, read from `application_name` and start of its session; a text if it is not a session of skelp."""
    parts = session_name.split(" ", 3)
    if len(parts) != 4 or not parts[1].isdecimal():
        return f"another session ({session_name or 'without a name'})"
    since = iso(started.astimezone(UTC)) if started else "a time that this database user may not see"
    return Owner(parts[3].encode("ascii", "replace").decode("utf-7", "replace"), int(parts[1]), parts[2], since)
