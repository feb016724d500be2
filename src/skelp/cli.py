"""The command line. Exit codes: 0 done, 1 known error, 3 bug, 130 interrupted."""

from __future__ import annotations

import sys

import typer

from skelp.commands.audit import audit
from skelp.commands.benches import bench
from skelp.commands.cameras import calibrate, flatfield
from skelp.commands.deciding import decide
from skelp.commands.doctors import doctor
from skelp.commands.lines import demo, run, serve
from skelp.commands.models import model_cli
from skelp.commands.records import backup, restore, tables
from skelp.commands.strips import inspect
from skelp.commands.swaps import swap, swap_back
from skelp.commands.tls import tls_cli
from skelp.commands.tokens import token_cli
from skelp.commands.users import user_cli
from skelp.commands.webhooks import webhook_cli
from skelp.domain.disk import DiskFault, failed, fault_of
from skelp.domain.errors import SkelpError
from skelp.plugins import Commands
from skelp.render.words import in_words
from skelp.terminal import err

cli = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Surface inspection of steel strip."
)
for command in (inspect, demo, run, serve, calibrate, flatfield, bench, doctor, backup, restore, tables, decide, audit):
    cli.command()(command)
model_cli.command()(swap)
model_cli.command()(swap_back)
for name, group in (("model", model_cli), ("tls", tls_cli), ("token", token_cli), ("user", user_cli), ("webhook", webhook_cli)):
    cli.add_typer(group, name=name)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. Returns the exit code."""
    try:
        code = cli(arguments, standalone_mode=False)
        return code if isinstance(code, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        err.print("skelp: interrupted", markup=False)
        return 130
    except Exception as error:  # noqa: BLE001 - the command line's boundary: an error that is not known is a bug
        if message := _known(error):
            err.print(f"skelp: {message}", markup=False, highlight=False, soft_wrap=True)
            return 1
        err.print_exception()
        err.print("skelp: this is a bug; please report it with the lines above", markup=False)
        return 3


def _known(error: Exception) -> str | None:
    """The message of a known error; None for a bug. A disk that is full, read-only or forbidden is known wherever it stops a command."""
    if isinstance(error, SkelpError):
        return in_words(error)
    if isinstance(error, typer.TyperException):
        return error.format_message() if hasattr(error, "format_message") else str(error)  # names the option, if there is one
    if isinstance(error, OSError) and fault_of(error) is not DiskFault.OTHER:
        return str(failed(f"cannot use {error.filename or 'a file'}", error))
    return None


def entry() -> None:
    """Entry point of the console script `skelp`."""
    sys.exit(main())
