"""Adds commands of other installed packages (skelp-training, skelp-languages) to `skelp`, by entry points of the group `skelp.commands`.

An entry point has the command's name and refers to a typer function, or to a typer app with commands of its own. Packages are imported
only for `--help` and for their own commands, so a station never imports them.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command

from skelp import __version__
from skelp.domain.errors import SkelpError

GROUP = "skelp.commands"
TRAINING = {
    "data": "Check labelled sets.",
    "train": "Train a network and write its model file.",
    "evaluate": "Measure a model file on held-out pictures.",
    "thresholds": "Choose thresholds by what misses and false alarms cost.",
    "adapt": "Adapt a model to a line by that line's own steel.",
    "quantise": "Write an int8 model file.",
    "screen": "Add a screen to a model file.",
    "promote": "Put a model on the line if it is better than the one there.",
    "collect": "Make a labelled set from a station's reviews and its samples of clean steel.",
    "pack": "Write a model and its weights, which lie in another file, as one file.",
    "leaks": "Find training pictures that show the steel of held-out ones.",
    "export": "Write a run's model file again, from its last checkpoint.",
}
LANGUAGES = {
    "level2": "Speak with a plant's level 2 in telegrams of fixed length.",
    "mqtt": "Send results to a plant's MQTT broker as Sparkplug B.",
    "opcua": "Serve a station's results over OPC UA for Machine Vision (OPC 40100-1).",
}
"""The commands of skelp-training, and those of skelp-languages. `--help` lists them even if the package is not installed."""
_SOURCES = {"skelp-training": "./src/client ./training", "skelp-languages": "./src/client ./src/languages"}


class Commands(TyperGroup):
    """skelp's own commands, then those of skelp-training and skelp-languages, then those of other packages."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(dict.fromkeys([*super().list_commands(ctx), *TRAINING, *LANGUAGES, *sorted(e.name for e in entry_points(group=GROUP))]))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        found = next(iter(entry_points(group=GROUP, name=cmd_name)), None)
        if found is not None:
            return _plugged_in(found)
        return _not_installed(cmd_name) if cmd_name in TRAINING | LANGUAGES else None


def _plugged_in(entry: EntryPoint) -> Any:
    package = entry.dist.name if entry.dist else entry.value
    try:
        function = entry.load()
    except Exception as error:  # noqa: BLE001 - a fault of another package must not stop skelp's own commands
        return _failing(
            entry.name, f"skelp {entry.name} cannot be loaded from {package}: {type(error).__name__}: {error}; install {package} again"
        )
    panel = f"Commands of {package}"
    if isinstance(function, typer.Typer):
        command = get_command(function)
        command.name, command.rich_help_panel = entry.name, panel  # type: ignore[attr-defined] # TyperGroup has it
        return command
    app = typer.Typer(add_completion=False)
    app.command(entry.name, rich_help_panel=panel)(function)
    return get_command(app)


def _not_installed(name: str) -> Any:
    package = "skelp-training" if name in TRAINING else "skelp-languages"
    return _failing(
        name,
        f"skelp {name} is a command of {package}, which is not installed; install it beside skelp: "
        f"pip install {package}=={__version__} (from a checkout: pip install {_SOURCES[package]})",
        f"Commands of {package} (not installed)",
    )


def _failing(name: str, message: str, panel: str = "Commands that cannot be loaded") -> Any:
    """A command that accepts any arguments, also --help, and raises SkelpError with `message`."""

    def refuse() -> NoReturn:
        raise SkelpError(message)

    app = typer.Typer(add_completion=False)
    anything = {"ignore_unknown_options": True, "allow_extra_args": True}
    app.command(
        name,
        help=(TRAINING | LANGUAGES).get(name, message),
        context_settings=anything,
        add_help_option=False,
        rich_help_panel=panel,
    )(refuse)
    return get_command(app)
