"""`skelp token` makes, lists and revokes tokens of the database that a station file names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from skelp.domain.access import Role, digest, is_whole
from skelp.domain.errors import SkelpError
from skelp.sinks.storage import open_access_storage
from tests.unit.conftest import skelp


def test_a_token_is_made_shown_once_listed_and_revoked(station: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["list"], ["revoke", "mes-1"]):
        with pytest.raises(SkelpError, match=r"there is no .*skelp\.db; a relative storage.folder counts from"):
            skelp("token", *command, "--station", station)
    with open_access_storage(station.parent / "data", None, "hot mill", make=True):
        pass
    skelp("token", "list", "--station", station)
    assert "there is no token" in capsys.readouterr().out
    skelp("token", "new", "mes-1", "--role", "mes", "--days", 30, "--station", station)
    said = capsys.readouterr()
    secret = said.out.strip()
    assert is_whole(secret), "stdout is the secret alone, so that it can be piped into a file"
    assert "good for 30 days" in said.err
    assert str(station.parent / "data") in said.err
    assert secret not in said.err
    with open_access_storage(station.parent / "data", None, "hot mill", make=False) as access:
        found = access.tokens.find(digest(secret))
    assert found is not None
    assert (found.name, found.role, (found.expires_at - found.made_at).days) == ("mes-1", Role.MES, 30)
    skelp("token", "list", "--station", station, "--json")
    (row,) = json.loads(capsys.readouterr().out)["tokens"]
    assert (row["name"], row["role"], row["state"], row["last_used_at"]) == ("mes-1", "mes", "good", None)
    skelp("token", "revoke", "mes-1", "--station", station)
    skelp("token", "list", "--station", station)
    assert "revoked" in capsys.readouterr().out


def test_a_name_that_cannot_sign_is_refused(station: Path) -> None:
    for name in ("", " kim", "a\nb", "x" * 65):
        with pytest.raises(typer.BadParameter):
            skelp("token", "new", name, "--role", "reader", "--station", station)
    with pytest.raises(typer.BadParameter, match="boss"):
        skelp("token", "new", "kim", "--role", "boss", "--station", station)
