"""The progress of training: a bar on a terminal, lines in a log elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Bar:
    """Counts steps and keeps a running mean of the loss. A `quiet` one prints nothing."""

    def __init__(self, shown: Progress, total: int, first: int, *, quiet: bool) -> None:
        self._shown, self._quiet = shown, quiet
        self._task = shown.add_task("training", total=total, completed=first)
        self._started, self._steps = time.monotonic(), 0
        self.mean = 0.0

    def advance(self, loss: float) -> None:
        self._steps += 1
        self.mean += (loss - self.mean) / min(self._steps, 50)
        self._shown.update(self._task, advance=1, description=f"loss {self.mean:.3f}")

    def report(self, text: str) -> None:
        """Print a line with the seconds since the start."""
        if not self._quiet:
            self._shown.console.print(f"{text} ({time.monotonic() - self._started:.0f} s)", highlight=False)


@contextmanager
def progress(total: int, first: int = 0, *, quiet: bool = False) -> Iterator[Bar]:
    """A bar of `total` steps on stderr, `first` of which are done already."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as shown:
        yield Bar(shown, total, first, quiet=quiet)
