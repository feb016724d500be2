"""Writes records month by month into a folder, each month whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from skelp import __version__
from skelp.domain.errors import SkelpError
from skelp.sinks.columns import TABLES
from skelp.sinks.sql import Period
from skelp.sinks.table_files import MakeFile, Rows, write_all
from skelp.whole_file import whole_file

_OPEN = 0o666
Read = Callable[[str, Period], Iterable[Rows]]
"""Function that reads a table of sinks/columns.py for a period, in batches."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the export."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """What was exported, for whoever finds the files. `newest_event`: the number of the newest event in the records at that time."""

    station: str
    feed_id: str
    newest_event: int


def write_months(read: Read, source: Source, first: date, last: date, folder: Path, form: str, make: MakeFile) -> Iterator[Path]:
    """Write the records of the days `first` to `last` (UTC), both included. Yields the path of each month's list of files.

    The list is deleted before a month's files are replaced, and written after them: a month with a list is whole. Raises SkelpError if a
    file cannot be written, or would replace one that has more rows or is of another station.
    """
    for month in _months(first, last):
        begin, end = max(first, month), min(last, _next(month) - timedelta(days=1))
        name = f"{month:%Y-%m}"
        listed = folder / f"export-{name}.{form}.json"
        before = _list(listed, source)
        files = _write_month(read, Period(_midnight(begin), _midnight(end + timedelta(days=1))), folder, (name, form), make, before)
        facts = {
            "skelp": __version__,
            **asdict(source),
            "from": str(begin),
            "to": str(end),
            "made_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        }
        with whole_file(listed, _OPEN) as draft:
            draft.write_text(json.dumps({**facts, "files": {n: asdict(f) for n, f in files.items()}}, ensure_ascii=False, indent=1))
        yield listed


def _write_month(
    read: Read, period: Period, folder: Path, named: tuple[str, str], make: MakeFile, before: Mapping[str, int]
) -> dict[str, Written]:
    month, form = named
    files = {}
    with ExitStack() as drafts:
        for table, columns in TABLES.items():
            name = f"{table}-{month}.{form}"
            draft = drafts.enter_context(whole_file(folder / name, _OPEN))
            with make(draft, columns) as file:
                rows = write_all(file, read(table, period))
            if rows < before.get(name, 0):
                raise SkelpError(
                    f"{folder / name} has {before[name]} rows, and the records have {rows} of these days: the days are "
                    "fewer, or records were deleted since; it is not replaced, choose another --out"
                )
            with draft.open("rb") as content:
                files[name] = Written(rows, hashlib.file_digest(content, "sha256").hexdigest())
        (folder / f"export-{month}.{form}.json").unlink(missing_ok=True)
    return files


def _list(file: Path, source: Source) -> dict[str, int]:
    """The rows of each file of a month that was exported before; empty if it was not, or not wholly."""
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        station, rows = found["station"], {name: f["rows"] for name, f in found["files"].items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError) as error:
        raise SkelpError(f"{file} is no list of an export ({error!r}); choose another --out, or delete it") from error
    if station != source.station:
        raise SkelpError(f"{file} is of station {station!r}, not of {source.station!r}; choose another --out")
    return rows


def _months(first: date, last: date) -> Iterator[date]:
    """The first days of the months from that of `first` to that of `last`."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _next(month)


def _next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
