"""The trace: the newest telegrams, in and out, in a ring of files. Writing it never holds up the link."""

from __future__ import annotations

import json
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import structlog

from skelp.validation import parsed_json
from skelp_languages.level2.settings import TraceSettings

_WAITING = 2000
"""Records that may wait for the disk; what comes then is missing from the trace."""
_PAUSE_S = 5.0
"""After a failure, so long nothing is written."""
_END_S = 5.0
_LOOK_S = 0.2

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Record:
    """A telegram (`hex`), or what happened to the connection (`note`). `way`: in, out, or empty. `missing`: records that are not there."""

    at: str
    way: str = ""
    peer: str = ""
    hex: str = ""
    note: str = ""
    missing: int = 0


class Trace:
    """Writes the ring from a thread of its own. On a full disk records are missing, and the next one that is written says how many."""

    def __init__(self, settings: TraceSettings) -> None:
        self._settings = settings
        self._waiting: queue.Queue[Record | None] = queue.Queue(_WAITING)
        self._missing, self._not_before = 0, 0.0
        self._file: IO[str] | None = None
        self._thread = threading.Thread(target=self._run, name="trace", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with suppress(queue.Full):
            self._waiting.put(None, timeout=_END_S)
        self._thread.join(_END_S)

    def telegram(self, way: str, peer: str, raw: bytes) -> None:
        self._put(Record(_now(), way, peer, raw.hex()))

    def note(self, peer: str, text: str) -> None:
        self._put(Record(_now(), peer=peer, note=text))

    def _put(self, record: Record) -> None:
        try:
            self._waiting.put_nowait(record)
        except queue.Full:
            self._missing += 1

    def _run(self) -> None:
        while (record := self._waiting.get()) is not None:
            self._write(record)
        if self._file is not None:
            self._file.close()

    def _write(self, record: Record) -> None:
        if time.monotonic() < self._not_before:
            self._missing += 1
            return
        try:
            missing = self._missing
            file = self._opened()
            for one in [Record(_now(), missing=missing)] * bool(missing) + [record]:
                file.write(json.dumps({k: v for k, v in asdict(one).items() if v}, ensure_ascii=False) + "\n")
            file.flush()
            self._missing -= missing
            self._keep_the_newest()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        if not self._missing:
            log.warning("the trace cannot be written; telegrams go on", folder=str(self._settings.folder), why=error.strerror or str(error))
        self._missing += 1
        self._not_before = time.monotonic() + _PAUSE_S
        old, self._file = self._file, None
        if old is not None:
            with suppress(OSError):  # what it had not written is one of the missing records
                old.close()
        with suppress(OSError):  # an empty file would push one with telegrams out of the ring
            for file in files_of(self._settings.folder)[-1:]:
                if not file.stat().st_size:
                    file.unlink()

    def _opened(self) -> IO[str]:
        if self._file is not None and self._file.tell() < self._settings.file_mb * 1e6:
            return self._file
        if self._file is not None:
            self._file.close()
            self._file = None
        folder = self._settings.folder
        folder.mkdir(parents=True, exist_ok=True)
        there = files_of(folder)
        number = int(there[-1].stem) + 1 if there else 1
        name = folder / f"{number:08d}.jsonl"
        self._file = os.fdopen(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8")
        return self._file

    def _keep_the_newest(self) -> None:
        there = files_of(self._settings.folder)
        for old in there[: max(len(there) - self._settings.files, 0)]:
            old.unlink(missing_ok=True)


def files_of(folder: Path) -> list[Path]:
    """The files of a ring, the oldest first."""
    return sorted(f for f in folder.glob("*.jsonl") if f.stem.isdigit())


def recorded(folder: Path, last: int, at: dict[Path, int] | None = None) -> Iterator[Record]:
    """The newest `last` records, the oldest of them first. `at` gets up to which byte each file was read, where `following` goes on."""
    at = {} if at is None else at
    lines: list[str] = []
    for file in reversed(files_of(folder)):
        lines = _news(file, at) + lines  # the older files too, so that none of them is taken for news
    yield from _read(lines[max(len(lines) - last, 0) :])


def following(folder: Path, at: dict[Path, int], goes_on: Callable[[], bool] = lambda: True) -> Iterator[Record]:
    """The records that were written since, as long as `goes_on`."""
    while goes_on():
        for file in files_of(folder):
            yield from _read(_news(file, at))
        time.sleep(_LOOK_S)


def _news(file: Path, at: dict[Path, int]) -> list[str]:
    """The whole lines that were appended to a file. `at` says up to which byte it was read."""
    try:
        with file.open("rb") as opened:
            opened.seek(at.get(file, 0))
            data = opened.read()
    except FileNotFoundError:
        return []
    whole = data[: data.rfind(b"\n") + 1]
    at[file] = at.get(file, 0) + len(whole)
    return whole.decode("utf-8", "replace").splitlines()


def _read(lines: list[str]) -> Iterator[Record]:
    for line in lines:
        try:
            json.loads(line)
        except ValueError:
            continue  # the disk was full in the middle of this line; the next record says that something is missing
        yield parsed_json(line, Record, where="the trace")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
