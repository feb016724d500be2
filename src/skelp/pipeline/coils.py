"""Decides which coil a line belongs to.

    announced --start--> running --finish or next start--> ended
    lines without an announced coil belong to an automatic coil

All cameras share one count of lines. A coil begins at the highest line that any camera had exposed when the coil was announced. The
captures of every camera are cut at that line, so a coil has the same lines from every camera. A line that was placed on a coil stays there,
so no line behind a border is placed while the records are asked for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from skelp.domain.coilmap import Coil
from skelp.domain.strip import Capture, CoilEnd, CoilLine, OnCoil, SharedLine, Travelling, after


@dataclass(slots=True)
class _Span:
    """Lines from `first_line` on belong to `coil`. None: nobody announced a coil, and no line has arrived yet."""

    first_line: SharedLine
    coil: Coil | None


class CoilTracker:
    """Starts and ends coils, and cuts captures at their borders. Satisfies ports.CoilControl and ports.CoilLookup.

    Only the thread that takes captures from the channel calls `place`, `ends_at_border` and `remaining_ends`. Any thread may call the
    other methods. `automatic` makes a coil for lines that nobody announced. It ends after `automatic_lines` lines; None: never.
    `begun` is called with each coil that begins on the line, and gives the coil as it is known from then on; `forgotten` with the id of
    one that is complete and stored.
    """

    def __init__(
        self,
        cameras: Sequence[str],
        automatic: Callable[[], Coil],
        *,
        automatic_lines: int | None = None,
        begun: Callable[[Coil], Coil] = lambda coil: coil,
        forgotten: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._lock = threading.Condition()
        self._begun, self._forgotten = begun, forgotten
        self._automatic, self._automatic_lines = automatic, automatic_lines
        self._spans = [_Span(SharedLine(0), None)]
        self._at = dict.fromkeys(cameras, 0)
        self._placed = dict.fromkeys(cameras, SharedLine(0))
        self._exposed = SharedLine(0)
        self._dropped = 0
        self._known: dict[str, Coil] = {}
        self.announced = 0
        """How many coils were announced so far."""
        self._borders: list[SharedLine] = []

    @contextmanager
    def border(self) -> Iterator[SharedLine]:
        """The first line that no camera has exposed. Until the `with` ends, the line waits there for a coil to begin or to end."""
        with self._lock:
            at = self._exposed
            self._borders.append(at)
        try:
            yield at
        finally:
            with self._lock:
                self._borders.remove(at)
                self._lock.notify_all()

    @property
    def waits(self) -> bool:
        """Whether the line may wait for the records of a coil that begins or ends."""
        return bool(self._borders)

    def start(self, coil: Coil, at: SharedLine | None = None) -> None:
        """End the running coil and begin `coil` at line `at`, a `border`; None: at the next line."""
        self.announced += 1
        with self._lock:
            self._begin(coil, at)

    def finish(self, coil_id: str, at: SharedLine | None = None) -> None:
        """End the coil at line `at`, as in `start`, if it is running. Lines that follow belong to an automatic coil."""
        with self._lock:
            last = self._spans[-1].coil
            if last is not None and last.coil_id == coil_id:
                self._begin(None, at)

    def current(self) -> str | None:
        """Id of the coil that new lines belong to; None if there is none yet."""
        with self._lock:
            coil = self._spans[-1].coil
            return coil.coil_id if coil else None

    def exposed_on(self, coil_id: str) -> int | None:
        """How many lines of the coil any camera has exposed, if new lines belong to it; else None."""
        with self._lock:
            last = self._spans[-1]
            return self._exposed - last.first_line if last.coil is not None and last.coil.coil_id == coil_id else None

    def coil(self, coil_id: str) -> Coil:
        """The coil with this id. Raises KeyError after `forget`."""
        with self._lock:
            return self._known[coil_id]

    def forget(self, coil_id: str) -> None:
        """Remove a coil that is complete and stored."""
        with self._lock:
            self._known.pop(coil_id, None)
        self._forgotten(coil_id)

    def record_exposed(self, end_line: SharedLine) -> None:
        """Record that a camera has exposed lines up to `end_line`."""
        with self._lock:
            self._exposed = max(self._exposed, end_line)

    def place(self, capture: Capture[SharedLine]) -> Sequence[Travelling]:
        """Cut a capture where coils begin and end. The coil ends come between the pieces. Waits while a border is asked for."""
        end = after(capture.first_line, capture.lines)
        with self._lock:
            self._lock.wait_for(lambda: all(end <= border for border in self._borders))
            return list(self._place(capture))

    def ends_at_border(self) -> Sequence[CoilEnd]:
        """The coil ends of cameras whose last line is exactly at a border, for a time when no lines arrive."""
        with self._lock:
            return [end for camera in self._at for end in self._pass_borders(camera)]

    def remaining_ends(self, *, stopped: bool = False) -> Sequence[CoilEnd]:
        """All coil ends that are still missing when the line ends. `stopped`: the station was stopped while a coil ran."""
        with self._lock:
            found = [end for camera in self._at for end in self._pass_borders(camera)]
            for camera, at in self._at.items():
                rest = [span.coil for span in self._spans[at - self._dropped :]]
                found += [CoilEnd(coil.coil_id, camera, stopped) for coil in rest if coil is not None]
            return found

    def _begin(self, coil: Coil | None, at: SharedLine | None) -> None:
        coil = coil and self._introduced(coil)
        last = self._spans[-1]
        border = self._exposed if at is None else max(at, last.first_line)
        if last.first_line == border and last.coil is None:
            last.coil = coil
        else:
            self._spans.append(_Span(border, coil))

    def _introduced(self, coil: Coil) -> Coil:
        known = self._known[coil.coil_id] = self._begun(coil)
        return known

    def _place(self, capture: Capture[SharedLine]) -> Iterator[Travelling]:
        camera, end = capture.camera, after(capture.first_line, capture.lines)
        self._exposed = max(self._exposed, end)
        line = capture.first_line
        while line < end:
            yield from self._pass_borders(camera)
            span = self._spans[self._at[camera] - self._dropped]
            if span.coil is None:
                span.coil = self._introduced(self._automatic())
            self._split_if_long(span, line)
            stop = min(end, self._next_border(camera))
            piece = capture.cut(line - capture.first_line, stop - capture.first_line)
            yield OnCoil(span.coil.coil_id, piece.at(CoilLine(line - span.first_line)))
            line = self._placed[camera] = stop
        yield from self._pass_borders(camera)

    def _pass_borders(self, camera: str) -> Iterator[CoilEnd]:
        """Move a camera past the borders that its lines have reached, and give the coil ends."""
        while self._placed[camera] >= self._next_border(camera):
            coil = self._spans[self._at[camera] - self._dropped].coil
            self._at[camera] += 1
            if coil is not None:
                yield CoilEnd(coil.coil_id, camera)
        oldest = min(self._at.values())
        while self._dropped < oldest:
            self._spans.pop(0)
            self._dropped += 1

    def _next_border(self, camera: str) -> SharedLine:
        following = self._at[camera] - self._dropped + 1
        return self._spans[following].first_line if following < len(self._spans) else SharedLine(2**62)

    def _split_if_long(self, span: _Span, line: SharedLine) -> None:
        """End an automatic coil after `automatic_lines`, so that it does not grow without end."""
        limit = self._automatic_lines
        if limit and span is self._spans[-1] and span.coil and span.coil.automatic and self._exposed - span.first_line > limit:
            self._spans.append(_Span(max(line, after(span.first_line, limit)), None))
