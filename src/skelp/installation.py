"""Puts a model file on the line, and back. What is installed is opened, verified and run before the old model gives way.

The retired models lie in `retired/` beside the model, by their hash, with `history.jsonl`. A power failure at any step leaves a model
that works: every file is complete on disk before it gets its name.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.domain.disk import cause_of, to_disk
from skelp.domain.errors import SkelpError
from skelp.inference.model_file import ModelFile
from skelp.validation import parsed_json

_SHORT = 16
"""Characters of a hash in the name of a retired model."""
_KNOWN_LINES, _KNOWN_PX = 256, 512


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the history: which model was installed, which one it replaced (None: there was none), and why. Hashes are in full.

    `file` is the name of the file on the line: several may share a folder, and so a history. It is empty in older entries.
    """

    when: str
    action: str
    installed: str
    name: str
    replaced: str | None
    why: str
    file: str = ""


class Line:
    """The place of a model on the line: its file, the retired models and the history."""

    def __init__(self, file: Path) -> None:
        self.file = Path(os.path.realpath(file))  # a link stays a link
        self._retired = self.file.parent / "retired"
        self._history = self._retired / "history.jsonl"

    def install(self, model: ModelFile, action: str, why: str, step: Callable[[str], None] = lambda _: None) -> None:
        """Install a model, and retire the one that is there. `step` is called before each step, for tests.

        Raises SkelpError if the model does not work where it is installed, is there already, or a file cannot be written. Then the old
        model stays.
        """
        try:
            self._retired.mkdir(parents=True, exist_ok=True)
            with _alone_in(self._retired):
                self._install(model, action, why, step)
        except OSError as error:
            if self.current == model.sha256:
                raise SkelpError(f"{self.file} is the new model now, but the disk did not confirm it ({cause_of(error)})") from error
            raise SkelpError(f"cannot install {model.path} as {self.file}: {cause_of(error)}; the old model stays") from error

    def _install(self, model: ModelFile, action: str, why: str, step: Callable[[str], None]) -> None:
        draft = self.file.with_name(f".{self.file.name}.draft")  # one name, so that what a killed process left is written over
        current = self.current
        if current == model.sha256:
            raise SkelpError(f"{self.file} is this model already (sha256 {current[:_SHORT]}); nothing was changed")
        try:
            step("write")
            _write(draft, model.data)
            step("check")
            check_installed(draft, model)
            step("retire")
            if current is not None:
                _retire(self.file, self.retired(current), current)
            step("record")
            name = f"{model.card.name} {model.card.version}"
            self._append(Entry(_now(), action, model.sha256, name, current, why, self.file.name))
            step("replace")
            os.replace(draft, self.file)
            to_disk(self.file.parent)
        finally:
            draft.unlink(missing_ok=True)

    def roll_back(self, to: str | None = None) -> ModelFile:
        """Put back the model that the present one replaced, or the one whose hash begins with `to`. Returns it.

        Raises SkelpError if there is none, or its file is missing or damaged.
        """
        current = self.current
        wanted = self._before(current) if to is None else self._named(to)
        file = self.retired(wanted)
        if not file.is_file():
            raise SkelpError(f"the retired model {file} is gone; put it back from a backup, or choose another one with --to")
        model = ModelFile.open(file)
        if model.sha256 != wanted:
            raise SkelpError(f"{file} is damaged: its hash is {model.sha256[:_SHORT]}; put it back from a backup, or choose another one")
        self.install(model, "rollback", f"in place of {current[:_SHORT] if current else 'no model'}")
        return model

    @property
    def current(self) -> str | None:
        """Hash of the model that is there, whether it works or not; None if there is none. Raises SkelpError if it cannot be read."""
        try:
            return _hash_of(self.file)
        except OSError as error:
            raise SkelpError(f"{self.file} cannot be read: {cause_of(error)}") from error

    def retired(self, sha256: str) -> Path:
        """Where a retired model lies."""
        return self._retired / f"{sha256[:_SHORT]}.onnx"

    @property
    def history(self) -> list[Entry]:
        """What was installed as this file, oldest first. Damaged lines, such as one cut off by a power failure, are left out.

        Raises SkelpError if the history cannot be read.
        """
        return [e for e in self._lines() if e and e.file in ("", self.file.name)]

    def _lines(self) -> list[Entry | None]:
        """The lines of the history; None for a damaged one."""
        try:
            lines = self._history.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise SkelpError(f"{self._history} cannot be read: {cause_of(error)}") from error
        return [_entry(line) for line in lines]

    def _before(self, current: str | None) -> str:
        """The model that the present one replaced when it was promoted. An entry that was written but not carried out is none.

        If the history does not know the present file, because it is damaged or gone, the model that was installed last comes back.
        """
        history = self.history
        if history and current not in {sha for e in history for sha in (e.installed, e.replaced) if sha}:
            last = history[-1].installed
            if _hash_of(self.retired(last)) == last:
                return last
            current = last  # there is no copy of it: the one before
        found = [e for e in history if e.installed == current and e.action != "rollback"]
        if not found or found[-1].replaced is None:
            damaged = self._lines().count(None)
            why = f" ({damaged} lines of {self._history} are damaged)" if damaged else ""
            raise SkelpError(f"nothing is known of a model before the one in {self.file}{why}; name one of {self._retired} with --to")
        return found[-1].replaced

    def _named(self, start: str) -> str:
        known = {sha for e in self.history for sha in (e.installed, e.replaced) if sha}
        known |= {hashlib.sha256(f.read_bytes()).hexdigest() for f in self._retired.glob("*.onnx")}
        found = sorted(sha for sha in known if sha.startswith(start.lower()))
        if len(found) != 1:
            what = f"{len(found)} models have" if found else "no model of the history has"
            raise SkelpError(f"{what} a hash that begins with {start}; skelp model history {self.file} lists them")
        return found[0]

    def _append(self, entry: Entry) -> None:
        with self._history.open("ab+") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - 1))
            cut = end and file.read(1) != b"\n"  # by a power failure: the entry begins on a line of its own
            file.write((b"\n" if cut else b"") + json.dumps(asdict(entry)).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _entry(line: bytes) -> Entry | None:
    try:
        return parsed_json(line.decode(), Entry, "the history")
    except (UnicodeDecodeError, SkelpError):
        return None


def check_installed(file: Path, model: ModelFile) -> None:
    """Open an installed file, verify it, and run it on a known picture. Raises SkelpError unless it is and answers what `model` does."""
    installed = ModelFile.open(file)
    if installed.sha256 != model.sha256:
        raise SkelpError(f"{file} was not copied correctly: its hash is {installed.sha256[:_SHORT]}; try again")
    installed.verify()
    strip = SyntheticStrip(SyntheticConfig(seed=1, width=_KNOWN_PX)).pixels(0, _KNOWN_LINES)[None, None]
    answers = [m.answer(strip).measured for m in (installed, model)]
    if not all(np.array_equal(answers[0][name], known) for name, known in answers[1].items()):
        raise SkelpError(f"{file} answers otherwise than {model.path} on the same picture; this is a bug, please report it")


def _retire(file: Path, to: Path, sha256: str) -> None:
    data = file.read_bytes()
    if _hash_of(to) == sha256:
        return
    draft = to.with_suffix(".part")
    _write(draft, data)
    if _hash_of(draft) != sha256:
        draft.unlink()
        raise SkelpError(f"{file} could not be copied to {to}; the old model stays")
    os.replace(draft, to)
    to_disk(to.parent)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which ends with the process at the latest. Raises SkelpError if another process holds it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SkelpError(f"another promotion or rollback works in {folder}; wait until it has ended") from error
        yield
    finally:
        os.close(handle)


def _hash_of(file: Path) -> str | None:
    """SHA-256 of a file in hex; None if there is none."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def _write(file: Path, data: bytes) -> None:
    with file.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
