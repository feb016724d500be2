"""`skelp level2`: speaks with level 2, checks a layout file, and shows the telegrams of a running process."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from skelp.domain.errors import SkelpError
from skelp.terminal import print_line
from skelp_languages.level2.checking import checked_layout
from skelp_languages.level2.printing import shown, table, title
from skelp_languages.level2.process import run_level2
from skelp_languages.level2.promises import warnings
from skelp_languages.level2.settings import load_settings
from skelp_languages.level2.trace import following, recorded

level2_cli = typer.Typer(no_args_is_help=True, help="Speak with a plant's level 2 in telegrams of fixed length.")
SettingsArgument = Annotated[Path, typer.Argument(metavar="SETTINGS", help="Settings file, such as edge/level2.toml.")]


@level2_cli.command()
def run(
    settings: SettingsArgument,
    after: Annotated[
        int | None, typer.Option("--after", min=0, help="Begin after this event of the feed, whatever the place was; 0: with all of them.")
    ] = None,
) -> None:
    """Speak with level 2 until Ctrl-C or SIGTERM."""
    run_level2(load_settings(settings), after)


@level2_cli.command()
def check(settings: SettingsArgument) -> None:
    """Check the settings and the layout, and print where each field of each telegram lies."""
    layout = checked_layout(load_settings(settings).layout)
    print_line(f"{layout.file.encoding}, offsets in bytes from 0")
    for telegram in layout.telegrams:
        print_line("")
        print_line(title(layout, telegram))
        for line in table(layout, telegram):
            print_line(line)
    for warning in warnings(layout):
        print_line("")
        print_line(f"warning: {warning}")


@level2_cli.command()
def trace(
    settings: SettingsArgument,
    last: Annotated[int, typer.Option("--last", min=0, help="So many of the newest records first.")] = 20,
    follow: Annotated[bool, typer.Option("--follow/--no-follow", help="Go on with what comes, until Ctrl-C.")] = True,
    with_hex: Annotated[bool, typer.Option("--hex/--no-hex", help="With all bytes.")] = True,
) -> None:
    """Show the telegrams in and out of a running process, and those of before."""
    found = load_settings(settings)
    folder, layout = found.trace.folder, checked_layout(found.layout)
    if not folder.is_dir() and not follow:
        raise SkelpError(f"there is no trace in {folder} yet; skelp level2 run writes it")
    at: dict[Path, int] = {}
    for record in chain(recorded(folder, last, at), following(folder, at) if follow else ()):
        for line in shown(layout, record, with_hex=with_hex):
            print_line(line)
