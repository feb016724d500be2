"""How far the plant has been told: the only thing that a language stores."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from skelp.domain.disk import cannot_write
from skelp.domain.errors import SkelpError
from skelp.validation import parsed_json, read_text
from skelp.whole_file import whole_file


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a feed. The plant has everything up to event `after`; `begun` is the furthest event of which it may have heard something.

    What lies between the two may have arrived, so it is sent again as a repeat. `feed_id`: which station's feed, over its whole life.
    """

    feed_id: str
    after: int
    begun: int

    def __post_init__(self) -> None:
        if not 0 <= self.after <= self.begun:
            raise ValueError(f"after is {self.after} and begun is {self.begun}; 0 <= after <= begun was expected")


class PlaceFile:
    """The file of a place, from `__enter__` to `__exit__`. It is whole or not there, also after a power cut: each change is on the disk
    before it counts.

    It is locked meanwhile (flock on a file beside it, which the operating system frees after kill -9 too): two processes that told the
    same plant from one place would each leave out what the other one told.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.place: Place | None = None
        self.is_lost = False
        """Whether there was a place once, and its file is gone."""

    def __enter__(self) -> Self:
        """Raises SkelpError if another process has the place, or if the file is no place."""
        lock = self._file.with_name(f".{self._file.name}.lock")  # empty until there was a place
        try:
            self._lock = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            raise SkelpError(
                f"{self._file} is in use by another process; stop that one, or give this connection a place of its own"
            ) from error
        except OSError as error:
            raise cannot_write(lock, error, "choose another place") from error
        self.place = self._read()
        self.is_lost = self.place is None and os.fstat(self._lock).st_size > 0
        if self.place is not None:
            self._note()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._lock)

    def _read(self) -> Place | None:
        if not self._file.exists():
            return None
        hint = (
            "a place says up to which event the plant has been told; if this is another file, correct place in the settings; "
            "if it is damaged, move it away and start once by hand with --after NUMBER"
        )
        return parsed_json(read_text(self._file, "place", hint), Place, where=f"{self._file} ({hint})")

    def begin(self, feed_id: str, after: int) -> None:
        """Begin after an event of a feed, whatever the place was. What the plant heard of the same feed is a repeat, if it comes again.

        Raises SkelpError if it cannot be stored.
        """
        heard = self.place.begun if self.place is not None and self.place.feed_id == feed_id else 0
        self._write(Place(feed_id, after, max(after, heard)))
        self._note()

    def begun(self, seq: int) -> bool:
        """Say that event `seq` is about to be told. Returns whether the plant may have heard of it before."""
        place = self._known()
        if seq <= place.begun:
            return True
        self._write(replace(place, begun=seq))
        return False

    def told(self, seq: int) -> None:
        """The plant has everything up to event `seq`."""
        place = self._known()
        if seq != place.after:
            self._write(replace(place, after=seq, begun=max(seq, place.begun)))

    def go_back(self, after: int) -> None:
        """Tell again what came after an event. A later one changes nothing, or something would be left out."""
        place = self._known()
        if 0 <= after < place.after:
            self._write(replace(place, after=after))

    def _note(self) -> None:
        """Note beside the place that there was one, so that a lost one is no first start."""
        with suppress(OSError):  # a full disk is told of where the place itself is written
            os.pwrite(self._lock, b"there was a place\n", 0)
        self.is_lost = False

    def _known(self) -> Place:
        if self.place is None:
            raise SkelpError(f"{self._file}: there is no place yet")
        return self.place

    def _write(self, place: Place) -> None:
        with whole_file(self._file, what_to_do="choose another place") as draft:
            draft.write_text(json.dumps(asdict(place)) + "\n", encoding="utf-8")
        self.place = place
