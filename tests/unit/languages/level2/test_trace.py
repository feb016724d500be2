"""The trace has the newest telegrams, decoded and as bytes, and a full disk stops neither it nor the link."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import Any

import pytest

from skelp_client import Station
from skelp_languages.level2 import trace as module
from skelp_languages.level2.checking import checked_layout
from skelp_languages.level2.meanings import Telegram
from skelp_languages.level2.printing import shown
from skelp_languages.level2.settings import TraceSettings
from skelp_languages.level2.telegrams import Outer, pack
from skelp_languages.level2.trace import Record, Trace, files_of, following, recorded
from tests.station_server import StationServer
from tests.unit.languages.level2.conftest import Speak
from tests.unit.languages.level2.layouts import EXAMPLE, NOW
from tests.unit.languages.level2.peer import becomes


def settings(folder: Path, file_mb: float = 8.0, files: int = 3) -> TraceSettings:
    return TraceSettings(folder=folder / "trace", files=files, file_mb=file_mb)


@pytest.mark.parametrize("files", [2, 3, 7])
def test_the_newest_records_are_kept_in_so_many_files(tmp_path: Path, files: int) -> None:
    few = settings(tmp_path, 0.001, files)
    with Trace(few) as trace:
        for n in range(100):
            trace.telegram("in", "10.0.0.7:2000", bytes([n]))
    kept = list(recorded(few.folder, 1000))
    assert len(files_of(few.folder)) == files
    assert 10 * (files - 1) < len(kept) < 20 * files
    assert [r.hex for r in kept] == [f"{n:02x}" for n in range(100 - len(kept), 100)]
    assert [r.hex for r in recorded(few.folder, 2)] == ["62", "63"]
    with Trace(few) as trace:
        trace.note("", "started again")
    assert [(r.hex, r.note) for r in recorded(few.folder, 2)] == [("63", ""), ("", "started again")], "it goes on in a further file"


def test_it_is_followed_while_it_is_written_and_goes_on_into_further_files(tmp_path: Path) -> None:
    found, at = settings(tmp_path, file_mb=0.0005), dict[Path, int]()
    came: list[Record] = []
    with Trace(found) as trace:
        trace.note("", "before")
        becomes(lambda: list(recorded(found.folder, 1)))
        assert [r.note for r in recorded(found.folder, 1, at)] == ["before"]
        reading = following(found.folder, at)
        for n in range(12):
            trace.telegram("out", "p", bytes([n]))
            came.append(next(reading))
    assert [r.hex for r in came] == [f"{n:02x}" for n in range(12)]
    assert len(files_of(found.folder)) > 1


def test_a_full_disk_stops_neither_the_link_nor_the_trace(
    tmp_path: Path, server: StationServer, station: Station, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAUSE_S", 0.0)
    real, full, refused = os.fdopen, [True], []

    def fdopen(fd: int, *rest: Any, **more: Any) -> Any:
        if full[0]:
            os.close(fd)
            refused.append(fd)
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, *rest, **more)

    with speak() as speaking:
        monkeypatch.setattr("skelp_languages.level2.trace.os.fdopen", fdopen)
        peer = speaking.dial()
        for number in range(1, 4):
            assert peer.ask(Telegram.COIL_END, {"coil_id": "K9"}, number) == "coil_unknown"
        becomes(lambda: refused)  # the trace has a thread of its own
        full[0] = False
        assert peer.ask(Telegram.COIL_END, {"coil_id": "K9"}, 4) == "coil_unknown"

        def told() -> bool:
            """Whether all eight telegrams are there, or counted as missing."""
            records = list(recorded(tmp_path / "trace", 20))
            missing = sum(r.missing for r in records)
            return missing > 0 and missing + sum(bool(r.hex) for r in records) >= 8

        becomes(told)


def test_a_disk_that_stays_full_does_not_push_older_telegrams_out_of_the_ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE_S", 0.0)
    found = settings(tmp_path)
    with Trace(found) as trace:
        trace.note("", "before")

    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    def fdopen(fd: int, *_: Any, **__: Any) -> Any:
        os.close(fd)
        return Full()

    with monkeypatch.context() as patch:
        patch.setattr("skelp_languages.level2.trace.os.fdopen", fdopen)
        with Trace(found) as trace:
            for _ in range(9):
                trace.note("", "lost")
    assert [r.note for r in recorded(found.folder, 9)] == ["before"]
    assert len(files_of(found.folder)) == 1


def test_a_line_that_the_full_disk_cut_is_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "trace"
    folder.mkdir()
    (folder / "00000001.jsonl").write_text('{"at": "2026-11-27T12:00:00+00:00", "note": "a"}\n{"at": "2026-11-')
    assert [r.note for r in recorded(folder, 9)] == ["a"]


def test_telegrams_are_shown_by_the_names_of_the_plant_and_as_bytes() -> None:
    layout = checked_layout(EXAMPLE)
    raw = pack(layout, Telegram.COIL_START, Outer(NOW, 17, to_level_2=False), {"coil_id": "K1", "customer": "포항", "new_pass": "no"})
    lines = list(shown(layout, Record("2026-11-27T12:30:59.5+00:00", "in", "10.0.0.7:2000", raw.hex()), with_hex=True))
    assert lines[0] == "2026-11-27 21:30:59.500  <--  10.0.0.7:2000  131 bytes  L2SI01 number 17, coil_start"
    assert lines[1].strip() == "COIL_NO=K1  HEAT_NO=  PROD_NM=  CUST_NM=포항  STRIP_WID=  AGAIN_YN=no"
    assert lines[2].startswith("        0  30 31 33 31 4c 32 53 49 30 31")
    assert lines[2].endswith("0131L2SI01202611")
    for unknown in (raw[:4] + b"XXXXXX" + raw[10:], raw[:-1], raw[:94] + b"\xff" * 37):
        (first, *_) = shown(layout, Record("2026-11-27T12:30:59.5+00:00", "in", "p", unknown.hex()), with_hex=False)
        assert "does not have" in first or "not understood" in first
    noted = Record("2026-11-27T12:30:59.5+00:00", peer="p", note="closed: why", missing=3)
    assert [line[25:] for line in shown(layout, noted, with_hex=True)] == [
        "3 records are missing: the disk was full or too slow",
        "---  p  closed: why",
    ]
