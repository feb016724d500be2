"""What must be known after kill -9: the numbers of what is being told, what was done for level 2, and what was left out."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from skelp.validation import parsed_json, read_text
from skelp.whole_file import whole_file

MOST_DONE = 1000
MOST_LEFT_OUT = 100
_HINT = "to forget which telegrams were done and which numbers were given, delete it"


@dataclass(frozen=True, slots=True)
class Told:
    """The numbers of the event that is told now, or was told last: from `first` on, `count` telegrams. They grow over all bounds.

    `of`: the event, with its feed. `delivered`: level 2 has all of them.
    """

    of: str
    first: int
    count: int
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """A telegram of level 2. `key`: its code, number and content. `at`: when it came, s since 1970. `done`: or else it has only begun.
    `passes`: how many passes the coil had before, where the telegram starts the next one. `coil`: its number; empty in files of before.
    """

    key: str
    at: float
    done: bool
    passes: int | None = None
    coil: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A result that level 2 refused for good and does not have."""

    seq: int
    coil_id: str
    why: str
    at: float


@dataclass(frozen=True, slots=True)
class Remembered:
    """The content of the file. `left_out`: how many results; `last_left_out` has the newest ones."""

    told: Told | None = None
    done: tuple[Done, ...] = ()
    left_out: int = 0
    last_left_out: tuple[LeftOut, ...] = ()


class Memory:
    """The file, which is whole on the disk before anything follows from it. Any thread may use it. Raises SkelpError where it cannot be
    written.
    """

    def __init__(self, file: Path, same_within_s: float, clock: Callable[[], float] = time.time) -> None:
        self._file, self._same_within_s, self._clock = file, same_within_s, clock
        self._lock = threading.Lock()
        self.now = Remembered()
        if file.exists():
            self.now = parsed_json(read_text(file, "memory of level2", _HINT), Remembered, where=f"{file} ({_HINT})")

    def numbers(self, of: str, count: int) -> int:
        """The first number of the telegrams that tell an event: the same ones, if the process ended while it told this event.

        If level 2 has it, and a person wants it sent again, these are new telegrams.
        """
        with self._lock:
            told = self.now.told
            if told is not None and told.of == of and not told.delivered:
                found = replace(told, count=max(told.count, count))
            else:
                found = Told(of, 1 if told is None else told.first + told.count, count)
            if found != told:
                self._write(replace(self.now, told=found))
            return found.first

    def delivered(self) -> None:
        """Level 2 has all telegrams of the event that is told."""
        with self._lock:
            if self.now.told is not None:
                self._write(replace(self.now, told=replace(self.now.told, delivered=True)))

    def known(self, key: str) -> Done | None:
        """What is known of a telegram that came before, and not too long ago."""
        oldest = self._clock() - self._same_within_s
        with self._lock:
            return next((d for d in reversed(self.now.done) if d.key == key and d.at >= oldest), None)

    def begins(self, key: str, passes: int, coil: str) -> None:
        """A telegram whose deed must not be done twice begins."""
        self._replace(Done(key, self._clock(), done=False, passes=passes, coil=coil), lambda older: older.key == key)

    def done(self, key: str, coil: str) -> None:
        """A telegram was done. One that was refused is not remembered: nothing was done, and it may succeed when it comes again.

        What came before for this coil is forgotten: level 2 goes on only when it has an answer, so if that comes again it is meant anew.
        """
        self._replace(Done(key, self._clock(), done=True, coil=coil), lambda older: older.key == key or older.coil in {coil, ""})

    def leaves_out(self, seq: int, coil_id: str, why: str) -> None:
        with self._lock:
            last = (*self.now.last_left_out, LeftOut(seq, coil_id, why, self._clock()))[-MOST_LEFT_OUT:]
            self._write(replace(self.now, left_out=self.now.left_out + 1, last_left_out=last))

    def _replace(self, done: Done, is_past: Callable[[Done], bool]) -> None:
        with self._lock:
            oldest = self._clock() - self._same_within_s
            kept = [d for d in self.now.done if not is_past(d) and d.at >= oldest]
            self._write(replace(self.now, done=(*kept, done)[-MOST_DONE:]))

    def _write(self, content: Remembered) -> None:
        with whole_file(self._file, what_to_do="choose another place") as draft:
            draft.write_text(json.dumps(asdict(content), ensure_ascii=False) + "\n", encoding="utf-8")
        self.now = content
