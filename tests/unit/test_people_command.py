"""`skelp user` adds, lists and ends the people of the database that a station file names."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
import typer

from skelp.domain.errors import SkelpError
from skelp.sinks.storage import open_access_storage
from tests.unit.conftest import skelp

GOOD = "correct horse battery"


def _logs_in(station: Path, password: str) -> bool:
    with open_access_storage(station.parent / "data", None, "hot mill", make=False) as access:
        return access.people.log_in("김철수", password, timedelta(hours=1)) is not None


def test_a_person_is_added_listed_given_another_password_and_ended(
    station: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n{GOOD}2\n"))
    skelp("user", "new", "김철수", "--role", "operator", "--password-stdin", "--station", station)
    assert _logs_in(station, GOOD)
    skelp("user", "list", "--json", "--station", station)
    said = capsys.readouterr().out
    (row,) = json.loads(said.splitlines()[-1])["people"]
    assert (row["name"], row["role"], row["left"]) == ("김철수", "operator", None)
    skelp("user", "password", "김철수", "--password-stdin", "--station", station)
    assert not _logs_in(station, GOOD)
    assert _logs_in(station, GOOD + "2")
    skelp("user", "end", "김철수", "--station", station)
    capsys.readouterr()
    skelp("audit", "--json", "--station", station)
    audited = capsys.readouterr().out
    done = [(e["action"], e["subject"], e["status"]) for e in json.loads(audited)["audit"]]
    changes = (("new", "김철수 (operator)"), ("password", "김철수"), ("end", "김철수"))
    assert done == [(f"skelp user {what}", subject, None) for what, subject in changes]
    skelp("audit", "--limit", "1", "--station", station)
    assert "skelp user end" in (table := capsys.readouterr().out)
    assert "skelp user new" not in table
    assert not _logs_in(station, GOOD + "2")
    skelp("user", "list", "--station", station)
    said += capsys.readouterr().out
    assert GOOD not in said


def test_what_is_wrong_is_said(station: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["list"], ["end", "kim"], ["password", "kim", "--password-stdin"]):
        with pytest.raises(SkelpError, match=r"there is no .*skelp\.db"):
            skelp("user", *command, "--station", station)
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(SkelpError, match="a password has 10 to 200 characters; this one has 5"):
        skelp("user", "new", "kim", "--role", "operator", "--password-stdin", "--station", station)
    with pytest.raises(typer.BadParameter):
        skelp("user", "new", " kim", "--role", "operator", "--password-stdin", "--station", station)
    skelp("user", "list", "--station", station)
    assert "nobody may log in" in capsys.readouterr().out
    with pytest.raises(SkelpError, match="there is nobody named kim; skelp user list"):
        skelp("user", "end", "kim", "--station", station)
