"""Prints for all commands: results to stdout, progress, errors and logs to stderr."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import structlog
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

out, err = Console(), Console(stderr=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def print_line(text: str) -> None:
    """Print one line on stdout, without wrapping or colours."""
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def print_rows(rows: Iterable[Sequence[str]], title: str | None = None, *, to: Console = out) -> None:
    """Print rows of cells in columns. Brackets, as in skelp[genicam], are printed as they are."""
    table = Table(title=title, show_header=False, box=None, padding=(0, 2))
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))  # what is too wide goes on in the next line: nothing is cut off
    to.print(table)


def print_list(name: str, facts: Sequence[Mapping[str, Any]], nothing: str, *, as_json: bool) -> None:
    """Print things with equal keys, one a row below the keys, or as JSON under a name. `nothing`: the line if there is none."""
    if as_json:
        print(json.dumps({name: facts}))
    elif facts:
        print_rows([list(facts[0]), *([f or "" for f in row.values()] for row in facts)])
    else:
        print_line(nothing)


def print_table(title: str, facts: Mapping[str, Any]) -> None:
    """Print names and values in two columns."""
    print_rows(((k, json.dumps(v) if isinstance(v, dict | list) else str(v)) for k, v in facts.items()), title)


def log_to_stderr() -> None:
    """Log to stderr: for a person where it is a terminal, else one JSON object a line."""
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), renderer],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
