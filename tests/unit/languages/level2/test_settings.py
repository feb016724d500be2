"""The settings file and the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from skelp.domain.errors import SkelpError
from skelp_languages.commands.level2 import level2_cli
from skelp_languages.level2.settings import LinkSettings, load_settings
from tests.conftest import ROOT

EXAMPLE = ROOT / "edge" / "level2.toml"


def test_the_example_is_the_defaults_and_its_paths_count_from_its_folder() -> None:
    found = load_settings(EXAMPLE)
    assert (found.layout, found.memory) == (ROOT / "edge/level2-layout.toml", ROOT / "edge/level2-place-numbers.json")
    assert (found.link.host, found.link.port, found.on_refusal) == ("127.0.0.1", 2011, "wait")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('address = "127.0.0.1:2011"', 'address = "10.1.1.1:2011"', "peers"),
        ('address = "127.0.0.1:2011"', 'address = "10.1.1.1:2011"\npeers = ["level2"]', "no IP address"),
        ('address = "127.0.0.1:2011"', 'address = "10.1.1.1"', "address"),
        ('address = "127.0.0.1:2011"', 'address = "10.1.1.1"', r"'10\.1\.1\.1' is no HOST:PORT, such as"),
        ('address = "127.0.0.1:2011"', 'address = ":2011"', "no HOST:PORT"),
        ('address = "127.0.0.1:2011"', 'address = "::1:2011"', "no HOST:PORT"),
        ('address = "127.0.0.1:2011"', 'address = "127.0.0.1:²"', "no HOST:PORT"),
        ('address = "127.0.0.1:2011"', 'address = "127.0.0.1:99999"', "99999 is no port; ports go from 1 to 65535"),
        ('address = "127.0.0.1:2011"', 'address = "127.0.0.1:000000002011"', "is no port"),
        ('role = "server"', 'role = "both"', "role"),
        ('on_refusal = "wait"', 'on_refusal = "skip"', "on_refusal"),
        ("tries = 5", "tries = 0", "tries"),
        ("files = 8", "files = 1", "files"),
        ("alive_within_s = 90", "alive_within_s = 30", r"alive_within_s \(30\) must be longer than alive_every_s \(30\)"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    file = tmp_path / "level2.toml"
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SkelpError, match=named):
        load_settings(file)


def test_a_client_may_call_any_address(tmp_path: Path) -> None:
    file = tmp_path / "level2.toml"
    text = EXAMPLE.read_text(encoding="utf-8")
    file.write_text(text.replace('"server"', '"client"').replace("127.0.0.1:2011", "10.1.1.1:2011"), encoding="utf-8")
    assert load_settings(file).link.role == "client"


@pytest.mark.parametrize("port", [1, 65_535])
def test_the_first_and_the_last_port_are_ports(port: int) -> None:
    assert LinkSettings(role="client", address=f"10.1.1.1:{port}").port == port


def test_nobody_is_called_at_port_0() -> None:
    assert LinkSettings(role="server", address="127.0.0.1:0").port == 0
    with pytest.raises(ValueError, match="nobody can be called at port 0"):
        LinkSettings(role="client", address="10.1.1.1:0")


def test_check_prints_the_table_of_each_telegram(capsys: pytest.CaptureFixture[str]) -> None:
    level2_cli(["check", str(EXAMPLE)], standalone_mode=False)
    printed = capsys.readouterr().out
    assert "coil_result  SIL201 to level 2, 286 bytes\n" in printed
    assert "LOST_M       230     8      lost_m             implied, 2 decimals, zero, right\n" in printed
    assert "[n], n = 2..10  +53*(n-1)" in printed


def test_check_warns_of_what_level_2_cannot_see(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, layout = tmp_path / "level2.toml", (ROOT / "edge/level2-layout.toml").read_text(encoding="utf-8")
    file.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "level2-layout.toml").write_text(
        "".join(line for line in layout.splitlines(keepends=True) if '"LOST_M"' not in line and '"INSP_M"' not in line), encoding="utf-8"
    )
    level2_cli(["check", str(file)], standalone_mode=False)
    assert "\nwarning: coil_result: level 2 cannot see how much steel was not inspected" in capsys.readouterr().out
    level2_cli(["check", str(EXAMPLE)], standalone_mode=False)
    assert "warning" not in capsys.readouterr().out


def test_a_trace_that_is_not_there_is_said(tmp_path: Path) -> None:
    file = tmp_path / "level2.toml"
    file.write_text(
        EXAMPLE.read_text(encoding="utf-8").replace('"level2-layout.toml"', f'"{ROOT}/edge/level2-layout.toml"'), encoding="utf-8"
    )
    with pytest.raises(SkelpError, match="there is no trace"):
        level2_cli(["trace", "--no-follow", str(file)], standalone_mode=False)
    (tmp_path / "level2-trace").mkdir()
    level2_cli(["trace", "--no-follow", str(file)], standalone_mode=False)
