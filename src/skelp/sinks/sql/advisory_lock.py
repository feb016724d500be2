"""A station's claim on a PostgreSQL database: advisory locks, held by a session that stays open while the station runs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from skelp.domain.errors import SkelpError
from skelp.domain.moments import iso
from skelp.sinks.lock_file import WHAT_TO_DO, Owner
from skelp.sinks.sql.address import cannot_open
from skelp.sinks.sql.tables import counters

WAIT_S = 3.0
"""Time to wait for a lock. The server may need a moment to notice that a station was killed."""
_POLL_S = 0.1
_NAME_BYTES = 63
_TABLES = 0x736B656C
"""The first half of the key of the lock on a schema's tables; the second half is the schema. Older versions hold it alone."""
_STATION = 0x736B6573
"""The same for the lock on one station; the second half is a hash of schema and name."""
_SAME_NAME = f"{WHAT_TO_DO}; or, if it is another station, give this one a `name` of its own"
_STOP_ALL = (
    "its tables are of an older version, and are changed only while no station uses them: if that one runs, stop all of them, then "
    "start this one; if it changes the tables just now, wait until it has started"
)
_WAIT = "that one is of an older version, so stop it first; or it changes the tables just now, so wait until it has started"
_SCHEMA = sa.text("SELECT current_schema(), coalesce((SELECT oid FROM pg_namespace WHERE nspname = current_schema()), 0)::int4")
_OF_KIND = (
    "FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = :kind"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_HOLDERS = f"SELECT pid {_OF_KIND} AND objid = (CAST(:of AS int8) & 4294967295)::oid"
_HOLDER = sa.text(_HOLDERS)
_OTHER = sa.text(
    f"SELECT application_name, backend_start FROM pg_stat_activity WHERE pid IN ({_HOLDERS}) AND pid <> pg_backend_pid()"  # noqa: S608 - constants
)
_HELD = sa.text(f"SELECT objid::int8 {_OF_KIND}")
_SESSION = sa.text(
    "SELECT set_config(name, wanted, false) FROM pg_settings JOIN (VALUES ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'),"
    " ('tcp_keepalives_count', '3'), ('idle_session_timeout', '0')) AS session (known, wanted) ON name = known"
)
"""The server notices within a minute that a station's machine lost power, and does not end the session when it is idle."""


@dataclass(frozen=True, slots=True)
class _Key:
    """The two halves of an advisory lock's key."""

    kind: int
    of: int

    def values(self) -> dict[str, int]:
        return {"kind": self.kind, "of": self.of}


class AdvisoryLock:
    """Satisfies Claim. Connect to PostgreSQL directly: a pooler in transaction mode cannot hold the lock.

    It holds the lock on the station alone, and the one on the tables together with other stations. `subject` is the database, for messages.
    """

    def __init__(self, url: sa.URL, owner: Owner, subject: str) -> None:
        self._url, self._owner, self._subject = url, owner, subject

    def __enter__(self) -> Self:
        arguments: dict[str, Any] = {"application_name": session_name(self._owner), "keepalives_idle": 30}
        try:
            engine = sa.create_engine(self._url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT", connect_args=arguments)
            with ExitStack() as opened:
                self._session = session = opened.enter_context(engine.connect())
                opened.callback(session.invalidate)  # ends the session, and so its locks, even if the connection is broken
                session.execute(_SESSION)
                self._backend = session.scalar(sa.select(sa.func.pg_backend_pid()))
                schema, oid = session.execute(_SCHEMA).one()
                self._tables, self._station = _Key(_TABLES, oid), _of_station(schema, self._owner.station)
                self._take("pg_try_advisory_lock", self._station, _SAME_NAME)
                self._take("pg_try_advisory_lock_shared", self._tables, _WAIT)
                self._opened = opened.pop_all()
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            raise cannot_open(self._url, error) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._opened.close()

    def check(self, connection: sa.Connection, station: int) -> None:
        """Lock the row that numbers the station's events, then check that this session holds the station's lock. Raises SkelpError if not.

        The row lock makes the next owner's first transaction wait until a transaction that passed this check has ended.
        """
        of_station = (counters.c.station == station) & (counters.c.name == "events")
        connection.execute(sa.select(counters.c.value).where(of_station).with_for_update())
        if connection.scalar(_HOLDER, self._station.values()) != self._backend:
            raise SkelpError(
                f"this station lost its lock on {self._subject}, so another may write: its session has ended; "
                "nothing more is recorded, check the server and the network, then start again"
            )

    @contextmanager
    def alone(self, unless: Callable[[], bool]) -> Iterator[bool]:
        """Hold the lock on the tables alone. Raises SkelpError that names a station which uses them."""
        self._release("pg_advisory_unlock_shared", self._tables)
        alone = self._take("pg_try_advisory_lock", self._tables, _STOP_ALL, unless)
        try:
            yield alone
            self._take("pg_try_advisory_lock_shared", self._tables, _WAIT)
        finally:
            if alone:
                self._release("pg_advisory_unlock", self._tables)

    def _release(self, function: str, key: _Key) -> None:
        self._session.execute(sa.text(f"SELECT {function}(:kind, :of)"), key.values())

    def _take(self, function: str, key: _Key, what_to_do: str, unless: Callable[[], bool] = lambda: False) -> bool:
        """Take a lock within WAIT_S. Returns False if it is no longer needed.

        Raises SkelpError that names the holder if another station still holds it.
        """
        until = time.monotonic() + WAIT_S
        while not self._session.scalar(sa.text(f"SELECT {function}(:kind, :of)"), key.values()):
            if unless():
                return False
            row = self._session.execute(_OTHER, key.values()).first()
            if time.monotonic() >= until:
                other = owner_of(row.application_name, row.backend_start) if row else "another station"
                raise SkelpError(f"{self._subject} is in use by {other}; {what_to_do}")
            time.sleep(_POLL_S)
        return True


def running(connection: sa.Connection, names: Collection[str]) -> set[str]:
    """The stations, of these names, whose process holds its claim now."""
    held = set(connection.scalars(_HELD, {"kind": _STATION}))
    schema = connection.execute(_SCHEMA).one()[0]
    return {name for name in names if _of_station(schema, name).of & 0xFFFFFFFF in held}


def _of_station(schema: str, name: str) -> _Key:
    return _Key(_STATION, _hashed(f"{schema}/{name}"))


def _hashed(text: str) -> int:
    """32 bits of a text, signed, as PostgreSQL's int4."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big", signed=True)


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
