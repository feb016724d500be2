"""Settings of a language, and how its connection stands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from skelp.domain.errors import SkelpError
from skelp.validation import load
from skelp_languages.settings import LanguageSettings, StationAccess, opened
from skelp_languages.standing import Standings, State


def test_paths_count_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "l.toml"
    file.write_text('name = "mes"\nplace = "p.json"\n[station]\nurl = "https://line1:8443"\ntoken = "t"\nca = "/etc/ca.pem"\n')
    found = load(file, LanguageSettings, "settings", "")
    assert (found.place, found.station.token, found.station.ca) == (tmp_path / "p.json", tmp_path / "t", Path("/etc/ca.pem"))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('name = "Level 2"\nplace = "p"', "name: 'Level 2' must have small letters a to z, digits and hyphens"),
        ('name = "-mes"\nplace = "p"', "begin with no hyphen"),
        ('name = ""\nplace = "p"', "must have small letters"),
        (f'name = "{"m" * 41}"\nplace = "p"', "40 at most"),
        ('name = "mes"', "place"),
        ('name = "mes"\nplace = "p"\nbegins = "now"', "begin"),
        ('name = "mes"\nplace = "p"\nbegin = "never"', "begin"),
        *(
            (f'name = "mes"\nplace = "p"\n[station]\nurl = "{url}"', r"station\.url: its port is no number from 1 to 65535")
            for url in ("http://line1:99999", "http://line1:0", "http://line1:x", "http://[::1")
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "l.toml"
    file.write_text(text)
    with pytest.raises(SkelpError, match=named):
        load(file, LanguageSettings, "settings", "")


@pytest.mark.parametrize(
    ("access", "named"),
    [
        (StationAccess(url="line1"), "line1"),
        (StationAccess(url="https://x", ca=Path("/no/ca.pem")), r"ca\.pem"),
        (StationAccess(url="https://x", token=Path("/no/token")), "token"),
    ],
)
def test_a_station_that_cannot_be_one_is_refused_at_once(access: StationAccess, named: str) -> None:
    with pytest.raises(SkelpError, match=named), opened(access):
        pass


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_token_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mes.token"
    file.write_text("skelp_1234\n")
    for permissions in (0o644, 0o640, 0o602):
        file.chmod(permissions)
        with (
            pytest.raises(SkelpError, match=r"others than its owner may use this token .*chmod 600 .*mes\.token"),
            opened(StationAccess(token=file)),
        ):
            pass
    file.chmod(0o600)
    with opened(StationAccess(token=file)):
        pass


def test_a_token_that_is_not_there_is_made_by_a_command_that_works() -> None:
    with (
        pytest.raises(SkelpError, match=r"skelp token new NAME --role mes --station station\.toml"),
        opened(StationAccess(token=Path("/no/token"))),
    ):
        pass


def test_a_change_of_state_is_announced_once() -> None:
    changes: list[State] = []
    standings = Standings("level2", "10.0.0.7:2000")
    standings.when_changed(lambda: changes.append(standings.now.state))
    standings.is_now(State.CONNECTED)
    standings.is_now(State.CONNECTED)
    standings.sent(4)
    standings.acknowledged(4)
    standings.is_now(State.REFUSED, "unknown telegram", peer="10.0.0.8:2000")
    now = standings.now
    assert changes == [State.CONNECTED, State.REFUSED]
    assert (now.peer, now.detail, now.sent, now.acknowledged) == ("10.0.0.8:2000", "unknown telegram", 4, 4)
    assert now.last_sent_at is not None
    assert now.last_acknowledged_at is not None
    assert now.last_sent_at.endswith("Z")
