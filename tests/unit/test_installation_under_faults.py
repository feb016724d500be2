"""Whatever fails while a model is installed, and wherever the process is killed, a model that works is on the line."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from skelp.domain.errors import SkelpError
from skelp.inference.model_file import ModelFile
from skelp.installation import Line, _alone_in
from tests.conftest import ROOT
from tests.models import CARD, bright_spots


class _Step:
    """Counts what is opened, renamed, made and removed in a folder, and calls `then` before the n-th of them."""

    def __init__(self) -> None:
        self.folder, self.left = "", 0
        self.then: Callable[[], Any] = lambda: None
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.left and event in ("open", "os.rename", "os.mkdir", "os.remove") and str(arguments[0]).startswith(self.folder):
            self.left -= 1
            if not self.left:
                self.then()

    @contextmanager
    def at(self, number: int, folder: Path, then: Callable[[], Any]) -> Iterator[None]:
        self.folder, self.left, self.then = str(folder), number, then
        try:
            yield
        finally:
            self.left = 0


STEP = _Step()


def model(folder: Path, version: str) -> ModelFile:
    return ModelFile.open(bright_spots(folder / f"v{version}.onnx", {**CARD, "version": version}))


@pytest.fixture
def line(tmp_path: Path) -> Line:
    """A place with model 2, which replaced model 1."""
    place = Line(tmp_path / "line" / "model.onnx")
    for n in "12":
        place.install(model(tmp_path, n), "promote", "better")
    return place


def version(line: Line) -> str:
    return ModelFile.open(line.file).card.version


def _no_space() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_fails_at_any_file_leaves_one_of_the_two_models_and_the_message_is_true(line: Line, tmp_path: Path) -> None:
    new, old = model(tmp_path, "3"), line.file.read_bytes()
    said: dict[int, str] = {}
    for number in range(1, 100):
        line.file.write_bytes(old)
        with STEP.at(number, line.file.parent, _no_space):
            try:
                line.install(new, "promote", "better")
            except SkelpError as error:
                said[number] = str(error)
            reached = not STEP.left
        if not reached:
            break
        assert line.file.read_bytes() in (old, new.data)
        if number in said:
            assert ("is the new model now" in said[number]) == (line.file.read_bytes() == new.data), said[number]
    assert len(said) >= 8
    assert any("is the new model now" in text for text in said.values())


def test_a_process_that_is_killed_at_any_file_leaves_a_model_that_works(line: Line, tmp_path: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from skelp.inference.model_file import ModelFile
from skelp.installation import Line, _alone_in
from tests.unit.test_installation_under_faults import STEP
file, source = Path({str(line.file)!r}), Path({str(model(tmp_path, "3").path)!r})
before, after = file.read_bytes(), source.read_bytes()
old = Line(file).current

def child(number):
    pid = os.fork()
    if not pid:
        with STEP.at(number, file.parent, lambda: os.kill(os.getpid(), signal.SIGKILL)):
            Line(file).install(ModelFile.open(source), "promote", "better")
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

number, ends = 0, []
while not ends or ends[-1]:
    file.write_bytes(before)
    Line(file).retired(old).unlink(missing_ok=True)
    number += 1
    ends.append(child(number))
    found = file.read_bytes()
    assert found in (before, after), number
    assert found == before or Line(file).retired(old).read_bytes() == before, number
    if found == before:
        assert child(1000) == 0, number  # the next try works
    assert not list(file.parent.glob(".*")), (number, list(file.parent.glob(".*")))
    assert Line(file).history[-1].installed == Line(file).current, number
print(ends)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    ends = json.loads(done.stdout)
    assert len(ends) >= 8
    assert set(ends[:-1]) == {-9}


def test_an_entry_after_one_that_was_cut_off_is_not_lost(line: Line, tmp_path: Path) -> None:
    history = line.file.parent / "retired" / "history.jsonl"
    history.write_bytes(history.read_bytes() + b'{"when": "2026-11-2\xff')
    line.install(model(tmp_path, "3"), "promote", "better")
    assert [e.name for e in line.history] == ["bright 1", "bright 2", "bright 3"]
    assert line.roll_back().card.version == "2"


@pytest.mark.parametrize(
    "damaged", ["[]", "{}", '{"installed": 5}', "[" * 100_000, '{"when": 1, "action": [], "installed": {}, "name": 2}']
)
def test_a_damaged_history_is_named_as_the_reason_why_nothing_is_known(damaged: str, line: Line) -> None:
    history = line.file.parent / "retired" / "history.jsonl"
    history.write_text(f"{damaged}\n")
    assert line.history == []
    with pytest.raises(SkelpError, match=r"1 lines of .*history\.jsonl are damaged"):
        line.roll_back()


def test_two_models_of_one_folder_have_their_own_history(line: Line, tmp_path: Path) -> None:
    """Model 2 replaced 1 on one line and 4 on the other."""
    other = Line(line.file.with_name("other.onnx"))
    for n in "42":
        other.install(model(tmp_path, n), "promote", "better")
    assert [e.name for e in line.history] == ["bright 1", "bright 2"]
    assert line.roll_back().card.version == "1"
    assert other.roll_back().card.version == "4"


def test_two_installations_at_once_are_refused(line: Line, tmp_path: Path) -> None:
    with _alone_in(line.file.parent / "retired"), pytest.raises(SkelpError, match="another promotion or rollback"):
        line.install(model(tmp_path, "3"), "promote", "better")
    line.install(model(tmp_path, "3"), "promote", "better")


def test_a_model_that_is_damaged_or_gone_comes_back_and_not_the_rejected_one(line: Line, tmp_path: Path) -> None:
    line.install(model(tmp_path, "3"), "promote", "better")
    line.roll_back()
    line.file.write_bytes(b"a broken disk")
    assert line.roll_back().card.version == "2"
    line.file.unlink()
    assert line.roll_back().card.version == "2"
    assert version(line) == "2"


def test_a_damaged_model_of_which_there_is_no_copy_gives_way_to_the_one_before(line: Line) -> None:
    line.file.write_bytes(b"a broken disk")
    assert line.roll_back().card.version == "1"


def test_what_cannot_be_read_is_named(line: Line) -> None:
    with pytest.raises(SkelpError, match="cannot be read: Is a directory"):
        Line(line.file.parent).roll_back()
    history = line.file.parent / "retired" / "history.jsonl"
    history.unlink()
    history.mkdir()
    with pytest.raises(SkelpError, match=r"history\.jsonl cannot be read"):
        line.roll_back()
