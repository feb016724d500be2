"""People who log in with a password, and their log-ins. Like tokens, they belong to the database and not to a station."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from skelp.domain.access import Person, Role, Token, digest, new_secret
from skelp.domain.errors import SkelpError
from skelp.domain.moments import iso, now
from skelp.domain.passwords import hashed, matches
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql.access_tables import log_ins, people
from skelp.sinks.sql.address import parse_url
from skelp.sinks.sql.audit import Audit, note_command
from skelp.sinks.sql.claim import claim_on
from skelp.sinks.sql.engines import Engines, is_new_enough, open_engines, open_unchanged
from skelp.sinks.sql.faults import told
from skelp.sinks.sql.tokens import Tokens, token_of, used_now

_KEPT = timedelta(days=90)
"""Log-ins that ended earlier are deleted when somebody logs in."""


class People:
    """Satisfies ports.LogIns; `find` and `used` are those of log-ins."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def new(self, name: str, role: Role, password: str) -> None:
        """Add a person, or let one in again who left. Raises SkelpError if somebody has this name, or the password is too short."""
        values = {"role": role.value, "password": hashed(password), "made_at": now(), "left_at": None}
        with told("the person cannot be stored"), self._engines.writing.begin() as connection:
            left_at = connection.execute(sa.select(people.c.left_at).where(people.c.name == name)).one_or_none()
            if left_at is None:
                connection.execute(people.insert().values(name=name, **values))
            elif left_at[0] is None:
                raise SkelpError(f"there is somebody named {name} already; choose another name, or: skelp user end {name}")
            else:
                connection.execute(people.update().where(people.c.name == name).values(**values))
                connection.execute(_ended(log_ins.c.name == name))
            note_command(connection, "user new", f"{name} ({role})")

    def all(self) -> list[Person]:
        """Everybody, in the order of names."""
        query = sa.select(people.c.name, people.c.role, people.c.made_at, people.c.left_at).order_by(people.c.name)
        with told("the people cannot be read"), self._engines.reading.begin() as connection:
            rows = connection.execute(query).mappings().all()
        known = [r for r in rows if r["role"] in set(Role)]
        return [Person(r["name"], Role(r["role"]), datetime.fromisoformat(r["made_at"]), _time(r["left_at"])) for r in known]

    def change_password(self, name: str, password: str) -> None:
        """Give a person another password and end their log-ins. Raises SkelpError if there is no such person."""
        self._change(name, "user password", password=hashed(password))

    def end(self, name: str) -> None:
        """Let a person in no more. Raises SkelpError if there is no such person."""
        self._change(name, "user end", left_at=now())

    def _change(self, name: str, command: str, **values: str) -> None:
        here = (people.c.name == name) & people.c.left_at.is_(None)
        with told("the person cannot be changed"), self._engines.writing.begin() as connection:
            if not connection.execute(people.update().where(here).values(**values)).rowcount:
                raise SkelpError(f"there is nobody named {name}; skelp user list shows who there is")
            connection.execute(_ended(log_ins.c.name == name))
            note_command(connection, command, name)

    def log_in(self, name: str, password: str, valid: timedelta) -> str | None:
        """The secret of a new log-in; None if name and password do not fit. Takes as long for a name that nobody has."""
        query = sa.select(people.c.password).where((people.c.name == name) & people.c.left_at.is_(None))
        with told("the people cannot be read"), self._engines.reading.begin() as connection:
            stored = connection.execute(query).scalar_one_or_none()
        if not matches(password, stored):
            return None
        secret, moment = new_secret(), datetime.now(UTC)
        with told("the log-in cannot be stored"), self._engines.writing.begin() as connection:
            if connection.execute(query.with_for_update()).scalar_one_or_none() != stored:
                return None  # they left or got another password while this one was checked
            connection.execute(log_ins.delete().where(log_ins.c.expires_at < iso(moment - _KEPT)))
            values = {"name": name, "made_at": iso(moment), "expires_at": iso(moment + valid)}
            connection.execute(log_ins.insert().values(sha256=digest(secret), **values))
        return secret

    def log_out(self, sha256: str) -> None:
        """End the log-in with this hash of its secret."""
        with told("the log-in cannot be ended"), self._engines.writing.begin() as connection:
            connection.execute(_ended(log_ins.c.sha256 == sha256))

    def find(self, sha256: str) -> Token | None:
        """The log-in with this hash of its secret, with the person's present role. It is revoked if the person left."""
        own = [c for c in log_ins.c if c.name != "sha256"]
        query = sa.select(*own, people.c.role, people.c.left_at).join(people).where(log_ins.c.sha256 == sha256)
        with told("the log-ins cannot be read"), self._engines.reading.begin() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None or row["role"] not in set(Role):
            return None
        values = dict(row)
        left_at = values.pop("left_at")
        return token_of(**values | {"revoked_at": values["revoked_at"] or left_at})

    def used(self, sha256: str) -> None:
        """Note that the log-in was used now."""
        with told("the use of a log-in cannot be stored"), self._engines.writing.begin() as connection:
            connection.execute(used_now(log_ins, sha256))


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask a station: machines by their tokens, people by their log-ins. And the audit of what they asked."""

    tokens: Tokens
    people: People
    audit: Audit

    @staticmethod
    def of(engines: Engines, station: str) -> Access:
        return Access(Tokens(engines), People(engines), Audit(engines, station))

    def knows_anybody(self) -> bool:
        """Whether there is a good token, or a person who may log in."""
        now = datetime.now(UTC)
        return any(t.fault(now) is None for t in self.tokens.all()) or any(p.left_at is None for p in self.people.all())


@contextmanager
def open_access(url: str, owner: Owner) -> Iterator[Access]:
    """Tokens and people of a database that a station may be using meanwhile. An older database is migrated, if no station uses it.

    Raises SkelpError if it cannot be opened, or if a station of an older version uses it.
    """
    parsed = parse_url(url)
    if not is_new_enough(parsed):
        with claim_on(parsed, owner) as claim, open_engines(parsed, claim):
            pass
    with open_unchanged(parsed) as engines:
        yield Access.of(engines, owner.station)


def _ended(which: sa.ColumnElement[bool]) -> sa.Update:
    return log_ins.update().where(which & log_ins.c.revoked_at.is_(None)).values(revoked_at=now())


def _time(at: str | None) -> datetime | None:
    return None if at is None else datetime.fromisoformat(at)
