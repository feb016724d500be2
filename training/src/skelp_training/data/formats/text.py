"""Reads the text of label files: JSON and CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skelp.domain.errors import SkelpError
from skelp.validation import json_of, read_text

csv.field_size_limit(2**31 - 1)  # the runs of one picture are longer than the usual 128 KiB


@dataclass(frozen=True)
class Row:
    """A row of a table. `where` names the file and the line for messages."""

    where: str
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """The cell, which must not be empty."""
        if not self.cells[column].strip():
            raise SkelpError(f"{self.where}: {column} is empty; fill it in or remove the row")
        return self.cells[column].strip()

    def whole(self, column: str) -> int:
        """The cell as a whole number of at most nine digits."""
        text = self.cells[column].strip()
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
            raise SkelpError(f"{self.where}: {column} must be a whole number, got '{text[:40]}'")
        return int(text)


def rows_of(file: Path, needed: Sequence[str]) -> list[Row]:
    """The rows of a CSV file with a header. Raises SkelpError if a needed column is missing or a row has more or fewer cells."""
    lines = read_text(file, "table", "docs/training.md describes the formats").splitlines(keepends=True)
    reader = csv.reader(lines, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(file, header, needed)
        rows = []
        for cells in reader:
            where = f"{file}, line {reader.line_num}"
            if cells and len(cells) != len(header):
                raise SkelpError(f"{where}: {len(cells)} cells, the header has {len(header)}; correct the row")
            if cells:
                rows.append(Row(where, dict(zip(header, cells, strict=True))))
    except csv.Error as error:
        raise SkelpError(f"{file}, line {reader.line_num}: {error}; correct the row") from error
    return rows


def _check_header(file: Path, header: Sequence[str], needed: Sequence[str]) -> None:
    missing = [n for n in needed if n not in header]
    if missing and any(mark in "".join(header) for mark in ";\t"):
        raise SkelpError(f"the columns of {file} are not separated by commas; save it as CSV with commas")
    if missing:
        raise SkelpError(f"{file} has no column {', '.join(missing)}; it has {', '.join(header) or 'none'}")
    if len(set(header)) < len(header):
        raise SkelpError(f"{file} has a column twice: {', '.join(header)}; remove one")


def read_json(file: Path, what: str) -> Any:
    """The content of a JSON file. `what` is its kind, for messages. Raises SkelpError if it cannot be read or has a key twice."""
    try:
        return json_of(read_text(file, what, "docs/training.md describes the formats"))
    except ValueError as error:
        raise SkelpError(f"{file} cannot be read as JSON: {error}") from error


def finite(value: Any) -> bool:
    """Whether a value of JSON is a number that can be a coordinate: not NaN, not infinite, not true or false."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
