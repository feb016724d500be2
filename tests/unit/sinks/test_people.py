"""People log in by a password that is kept as a slow hash; a log-in is kept as the hash of its cookie, and ends with the person."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest

from skelp.domain import passwords
from skelp.domain.access import Role, digest
from skelp.domain.errors import SkelpError
from skelp.sinks.sql import Database, open_access
from tests.unit.sinks.conftest import MILL, all_rows

GOOD = "correct horse battery"
SHIFT = timedelta(hours=12)


def _fault(database: Database, secret: str | None) -> str | None:
    assert secret is not None
    found = database.access.people.find(digest(secret))
    assert found is not None
    return found.fault(datetime.now(UTC))


def test_a_person_logs_in_and_out_and_no_secret_is_stored(database: Database, url: str) -> None:
    people = database.access.people
    people.new("김철수", Role.OPERATOR, GOOD)
    secret = people.log_in("김철수", GOOD, SHIFT)
    assert secret is not None
    found = people.find(digest(secret))
    assert found is not None
    assert (found.name, found.role, found.fault(datetime.now(UTC))) == ("김철수", Role.OPERATOR, None)
    assert found.expires_at - found.made_at == SHIFT
    rows = "\n".join(all_rows(url))
    assert secret not in rows
    assert GOOD not in rows
    people.log_out(digest(secret))
    assert _fault(database, secret) == "revoked"
    assert people.find(digest("another")) is None


def test_a_wrong_password_or_name_does_not_log_in(database: Database) -> None:
    people = database.access.people
    people.new("kim", Role.OPERATOR, GOOD)
    for name, password in (("kim", GOOD + " "), ("kim", ""), ("kim", "x" * 5000), ("lee", GOOD), ("KIM", GOOD), ("kim", "\ud800")):
        assert people.log_in(name, password, SHIFT) is None


def test_who_leaves_is_out_and_may_come_back_under_the_same_name(database: Database) -> None:
    people = database.access.people
    people.new("kim", Role.OPERATOR, GOOD)
    secret = people.log_in("kim", GOOD, SHIFT)
    with pytest.raises(SkelpError, match="there is somebody named kim already"):
        people.new("kim", Role.READER, GOOD)
    people.end("kim")
    assert _fault(database, secret) == "revoked"
    assert people.log_in("kim", GOOD, SHIFT) is None
    with pytest.raises(SkelpError, match="there is nobody named kim"):
        people.end("kim")
    people.new("kim", Role.READER, GOOD + "2")
    assert _fault(database, secret) == "revoked", "an old log-in does not come back"
    assert people.log_in("kim", GOOD, SHIFT) is None
    assert people.log_in("kim", GOOD + "2", SHIFT) is not None
    assert [(p.name, p.role, p.left_at) for p in people.all()] == [("kim", Role.READER, None)]


def test_another_password_ends_what_the_old_one_opened(database: Database) -> None:
    people = database.access.people
    people.new("kim", Role.OPERATOR, GOOD)
    secret = people.log_in("kim", GOOD, SHIFT)
    people.change_password("kim", GOOD + "2")
    assert _fault(database, secret) == "revoked"
    assert people.log_in("kim", GOOD, SHIFT) is None
    assert people.log_in("kim", GOOD + "2", SHIFT) is not None


def test_a_log_in_expires_and_is_forgotten_after_months(database: Database) -> None:
    people = database.access.people
    people.new("kim", Role.OPERATOR, GOOD)
    assert _fault(database, people.log_in("kim", GOOD, timedelta(seconds=-1))) == "expired"
    old = people.log_in("kim", GOOD, timedelta(days=-91))
    people.log_in("kim", GOOD, SHIFT)
    assert old is not None
    assert people.find(digest(old)) is None


def test_people_are_added_while_a_station_runs(database: Database, url: str) -> None:
    with open_access(url, MILL) as beside:
        beside.people.new("kim", Role.OPERATOR, GOOD)
    assert database.access.people.log_in("kim", GOOD, SHIFT) is not None


@pytest.mark.parametrize("password", ["", "short", "x" * 201])
def test_a_password_that_is_too_short_or_too_long_is_refused(database: Database, password: str) -> None:
    with pytest.raises(SkelpError, match="a password has 10 to 200 characters"):
        database.access.people.new("kim", Role.OPERATOR, password)
    assert database.access.people.all() == []


def test_equal_passwords_have_other_hashes_and_nobodys_takes_as_long() -> None:
    first, second = passwords.hashed(GOOD), passwords.hashed(GOOD)
    assert first != second
    assert first.split("$")[:4] == ["scrypt", "32768", "8", "1"]
    assert passwords.matches(GOOD, first)
    assert not passwords.matches(GOOD, None)
    assert not passwords.matches("", None)


@pytest.mark.parametrize("change", ["password", "leave and come back"])
def test_what_changes_while_a_password_is_checked_counts(database: Database, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    people = database.access.people
    people.new("kim", Role.OPERATOR, GOOD)
    before = people.log_in("kim", GOOD, SHIFT)

    def slow(password: str, stored: str | None) -> bool:
        if change == "password":
            people.change_password("kim", GOOD + "2")
        else:
            people.end("kim")
            people.new("kim", Role.ADMIN, GOOD)
        return passwords.matches(password, stored)

    monkeypatch.setattr("skelp.sinks.sql.people.matches", slow)
    assert people.log_in("kim", GOOD, SHIFT) is None
    assert _fault(database, before) == "revoked"


def test_hangul_is_the_same_password_however_a_keyboard_composes_it() -> None:
    whole, parts = "비밀번호를 모릅니다", unicodedata.normalize("NFD", "비밀번호를 모릅니다")
    assert whole != parts
    assert passwords.matches(parts, passwords.hashed(whole))
