"""The systemd units name commands that there are, and systemd understands them."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from skelp import plugins
from skelp.cli import main
from tests.conftest import ROOT

UNITS = sorted((ROOT / "deploy").glob("*.service"))
SAFE = {"nonewprivileges": "yes", "protectsystem": "strict", "protecthome": "yes", "privatetmp": "yes", "dynamicuser": "yes"}


def _section(unit: Path, name: str) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(unit.read_text(encoding="utf-8"))
    return parser[name]


def _command(unit: Path) -> list[str]:
    program, *arguments = _section(unit, "Service")["ExecStart"].split()
    assert program == "/opt/skelp/venv/bin/skelp"
    return arguments


def test_there_is_a_unit_for_each_process_that_runs_for_ever() -> None:
    assert {_command(unit)[0] for unit in UNITS} == {"run", "serve", "level2", "mqtt", "opcua"}


@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.stem)
def test_a_unit_names_a_command_that_there_is_and_gives_it_one_file(unit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    *names, file = _command(unit)
    if names[0] in plugins.LANGUAGES:
        pytest.importorskip("skelp_languages")
    assert main([*names, "--help"]) == 0
    usage = " ".join(capsys.readouterr().out.split())
    assert f"{' '.join(names)} [OPTIONS]" in usage
    assert file.endswith(".toml")


@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.stem)
def test_a_unit_may_write_its_own_folder_only_and_is_started_again(unit: Path) -> None:
    service = _section(unit, "Service")
    assert {key: service[key] for key in SAFE} == SAFE
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}" == f"/var/lib/{unit.stem}"
    assert service["Restart"] == "on-failure"


@pytest.mark.parametrize("unit", [u for u in UNITS if _command(u)[0] in plugins.LANGUAGES], ids=lambda u: u.stem)
def test_a_language_runs_when_no_inspection_wants_to(unit: Path) -> None:
    service = _section(unit, "Service")
    assert (service["CPUSchedulingPolicy"], service["CPUWeight"]) == ("idle", "idle")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.stem)
def test_systemd_understands_a_unit(unit: Path, tmp_path: Path) -> None:
    file = tmp_path / unit.name
    file.write_text(unit.read_text(encoding="utf-8").replace("/opt/skelp/venv/bin/skelp", "/bin/true"), encoding="utf-8")
    found = subprocess.run(["systemd-analyze", "verify", "--man=no", str(file)], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
