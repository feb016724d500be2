"""Commands of other packages are found by entry points and never replace or break skelp's own commands."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Annotated

import pytest
import typer

from skelp import plugins
from skelp.cli import main
from skelp.terminal import print_line, print_rows

HERE = "tests.unit.test_plugins"


def greet(name: str, loudly: Annotated[bool, typer.Option("--loudly")] = False) -> None:
    """Greet somebody. A second sentence."""
    print_line(name.upper() if loudly else name)


def _plug_in(monkeypatch: pytest.MonkeyPatch, *entries: EntryPoint) -> None:
    def found(*, group: str, name: str | None = None) -> list[EntryPoint]:
        return [e for e in entries if e.group == group and name in (None, e.name)]

    monkeypatch.setattr(plugins, "entry_points", found)


@pytest.mark.parametrize(
    ("name", "package"), [*((n, "skelp-training") for n in plugins.TRAINING), *((n, "skelp-languages") for n in plugins.LANGUAGES)]
)
def test_a_missing_command_of_our_other_packages_names_what_to_install(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _plug_in(monkeypatch)
    for arguments in ([], ["x", "--miss", "3"], ["--help"]):
        assert main([name, *arguments]) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith(f"skelp: skelp {name} is a command of {package}, which is not installed; install it beside skelp: ")
        assert printed.err.count("\n") == 1
    assert main(["--help"]) == 0
    assert (plugins.TRAINING | plugins.LANGUAGES)[name] in " ".join(capsys.readouterr().out.replace("│", " ").split())


def test_a_command_of_another_package_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _plug_in(monkeypatch, EntryPoint("greet", f"{HERE}:greet", plugins.GROUP))
    assert main(["greet", "[b]ann", "--loudly"]) == 0
    assert capsys.readouterr().out == "[B]ANN\n"
    assert main(["greet"]) == 1
    assert "Missing argument" in capsys.readouterr().err
    assert main(["--help"]) == 0
    assert "Greet somebody." in capsys.readouterr().out


group = typer.Typer(help="Several of them.")
group.command("greet")(greet)
group.callback()(lambda: None)


def test_a_group_of_commands_is_listed_by_its_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _plug_in(monkeypatch, EntryPoint("many", f"{HERE}:group", plugins.GROUP))
    assert main(["many", "greet", "ann"]) == 0
    assert capsys.readouterr().out == "ann\n"
    assert main(["--help"]) == 0
    assert "many Several of them." in " ".join(capsys.readouterr().out.replace("│", " ").split())


def test_a_broken_package_breaks_only_its_own_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    broken = [EntryPoint("broken", "no_such_package.commands:run", plugins.GROUP), EntryPoint("gone", f"{HERE}:gone", plugins.GROUP)]
    _plug_in(monkeypatch, *broken, EntryPoint("model", f"{HERE}:greet", plugins.GROUP))
    assert main(["--help"]) == 0
    assert "broken" in capsys.readouterr().out
    assert main(["broken", "--fast"]) == 1
    assert "skelp broken cannot be loaded from no_such_package.commands:run: ModuleNotFoundError" in capsys.readouterr().err
    assert main(["gone"]) == 1
    assert "AttributeError" in capsys.readouterr().err
    assert main(["model", "show", "none.onnx"]) == 1
    assert "none.onnx" in capsys.readouterr().err, "skelp's own command must run"


def test_a_table_prints_brackets_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([("camera", "pip install 'skelp[genicam]'")], "doctor")
    assert "'skelp[genicam]'" in capsys.readouterr().out
