"""The commands that skelp-training adds to `skelp`: all are listed, and listing them does not import torch."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
from inspect import getdoc

import pytest
import typer

from skelp.cli import cli, main
from skelp.plugins import GROUP, LANGUAGES, TRAINING
from tests.conftest import ROOT


def test_skelp_knows_every_command_by_its_first_sentence() -> None:
    """With or without skelp-training and skelp-languages `skelp --help` says the same."""
    plugged, known = {e.name: e.load() for e in entry_points(group=GROUP)}, TRAINING | LANGUAGES
    assert set(plugged) == set(known)
    for name, command in plugged.items():
        text = command.info.help if isinstance(command, typer.Typer) else getdoc(command)
        assert (text or "").startswith(known[name]), name


def test_the_page_on_training_names_commands_that_exist() -> None:
    page = (ROOT / "docs" / "training.md").read_text()
    named = set(re.findall(r"`skelp ([a-z]+)|^skelp ([a-z]+)", page, re.MULTILINE))
    named = {a or b for a, b in named}
    assert set(TRAINING) <= named
    own = {c.name or c.callback.__name__ for c in cli.registered_commands if c.callback} | {str(g.name) for g in cli.registered_groups}
    assert named - set(TRAINING) <= own


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["adapt", "--help"]])
def test_help_does_not_import_torch(arguments: list[str]) -> None:
    code = f"import sys; from skelp.cli import main; main({arguments}); sys.exit(bool({{'torch', 'onnx', 'scipy'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_a_known_error_is_one_line_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "none.toml"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("skelp: there is no training config none.toml")
    assert said.err.count("\n") == 1
    assert main(["evaluate", "m.onnx", "set", "--format", "xml"]) == 1
    assert "xml" in capsys.readouterr().err
