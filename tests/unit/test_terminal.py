"""What commands print in columns is never cut off."""

from __future__ import annotations

import io

from rich.console import Console

from skelp.terminal import print_rows


def test_a_cell_that_is_too_wide_goes_on_in_the_next_line() -> None:
    written = io.StringIO()
    name = "".join(f"{n:04}" for n in range(30))
    print_rows([["name", "role", "last use"], [name, "reader", "2026-11-27T10:00:00Z"]], to=Console(file=written, width=60))
    lines = [line.split() for line in written.getvalue().splitlines()]
    assert lines[1][1:] == ["reader", "2026-11-27T10:00:00Z"]
    assert "".join(line[0] for line in lines[1:]) == name
