"""A station file for commands that need no running station, and the command line in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from skelp.cli import cli

STATION = """
name = "hot mill"
[[cameras]]
kind = "synthetic"
[storage]
folder = "{folder}"
"""


@pytest.fixture
def station(tmp_path: Path) -> Path:
    file = tmp_path / "station.toml"
    file.write_text(STATION.format(folder=tmp_path / "data"))
    return file


def skelp(*arguments: object) -> None:
    cli([str(a) for a in arguments], standalone_mode=False)
