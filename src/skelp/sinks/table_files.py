"""Writes a table as CSV or Parquet, batch by batch."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from skelp.domain.errors import SkelpError
from skelp.domain.moments import iso
from skelp.sinks.columns import Columns, Type

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001 - the wide signs, which a Korean spreadsheet reads alike
_ESCAPED = (*_FORMULA, "'")
"""A text that begins so gets an apostrophe in front. Take one apostrophe away from each text that begins with one, and it is as it was."""

Rows = Sequence[Mapping[str, Any]]


class TableFile(AbstractContextManager[Any], Protocol):
    """A file of rows. `write` takes rows that have the columns, and others, which it ignores."""

    def write(self, rows: Rows) -> None: ...


class CsvFile:
    """CSV after RFC 4180 in UTF-8 with a header. Satisfies TableFile. Nothing is an empty cell; a time is ISO 8601 in UTC."""

    def __init__(self, file: Path, columns: Columns) -> None:
        self._path, self._columns = file, columns

    def __enter__(self) -> Self:
        self._file = self._path.open("w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._file)
        self._csv.writerow(self._columns)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def write(self, rows: Rows) -> None:
        self._csv.writerows([_cell(row[name], kind) for name, kind in self._columns.items()] for row in rows)


def _cell(value: Any, kind: Type) -> Any:
    if value is None:
        return ""
    if kind is Type.YES_NO:
        return "true" if value else "false"
    if isinstance(value, datetime):
        return iso(value.astimezone(UTC))
    return f"'{value}" if kind is Type.TEXT and value.startswith(_ESCAPED) else value


class ParquetFile:
    """Parquet with typed columns. Satisfies TableFile. `arrow` and `parquet` are the modules pyarrow and pyarrow.parquet."""

    def __init__(self, file: Path, columns: Columns, arrow: Any, parquet: Any) -> None:
        self._path, self._arrow, self._parquet = file, arrow, parquet
        types = {
            Type.TEXT: arrow.string(),
            Type.JSON: arrow.string(),
            Type.INTEGER: arrow.int64(),
            Type.NUMBER: arrow.float64(),
            Type.YES_NO: arrow.bool_(),
            Type.TIME: arrow.timestamp("ms", tz="UTC"),
        }
        self._schema = arrow.schema([arrow.field(name, types[kind]) for name, kind in columns.items()])

    def __enter__(self) -> Self:
        self._writer = self._parquet.ParquetWriter(self._path, self._schema, compression="zstd")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._writer.close()

    def write(self, rows: Rows) -> None:
        named = {name: [row[name] for row in rows] for name in self._schema.names}
        self._writer.write_table(self._arrow.table(named, schema=self._schema))


MakeFile = Callable[[Path, Columns], TableFile]
FORMATS = ("csv", "parquet")


def maker_of(form: str) -> MakeFile:
    """What makes files of a format of FORMATS. Raises SkelpError if pyarrow is needed and not installed."""
    if form == "csv":
        return CsvFile
    try:
        import pyarrow as pa  # noqa: PLC0415 - 150 MB that only this needs
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise SkelpError(
            f"Parquet needs pyarrow, which cannot be imported ({error}); pip install 'skelp[parquet]', or use --format csv"
        ) from error
    return lambda file, columns: ParquetFile(file, columns, pa, pq)


def write_all(file: TableFile, batches: Iterable[Rows]) -> int:
    """Write all batches. Returns the number of rows."""
    rows = 0
    for batch in batches:
        file.write(batch)
        rows += len(batch)
    return rows
