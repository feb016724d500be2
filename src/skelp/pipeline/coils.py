"""Which coil a line belongs to.

    announced --start--> running --finish or next start--> ended
                  no coil announced: running under an automatic one

All cameras share one count of lines. A coil begins at the highest line that any camera had exposed when it was asked
for; cameras that lag are cut at that same line when they get there, so every camera gives a coil the same lines.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from skelp.domain.coilmap import Coil
from skelp.domain.strip import Capture, CoilEnd, CoilLine, OnCoil, SharedLine, Travelling, after


@dataclass(slots=True)
class _Span:
    """Lines from `first_line` on belong to `coil`; None until a line arrives and nobody has announced one."""

    first_line: SharedLine
    coil: Coil | None


class CoilTracker:
    """Satisfies ports.CoilControl and ports.CoilPlacer.

    `place` and `overdue` are called by the one thread that takes captures from the channel; the rest from any thread.
    """

    def __init__(self, cameras: Sequence[str], automatic: Callable[[], Coil], *, automatic_lines: int | None = None) -> None:
        self._lock = threading.Lock()
        self._automatic, self._automatic_lines = automatic, automatic_lines
        self._spans = [_Span(SharedLine(0), None)]
        self._at = dict.fromkeys(cameras, 0)
        self._placed = dict.fromkeys(cameras, SharedLine(0))
        self._exposed = SharedLine(0)
        self._dropped = 0
        self._known: dict[str, Coil] = {}

    def start(self, coil: Coil) -> None:
        """From now on lines belong to `coil`; the one before ends."""
        with self._lock:
            self._begin(coil)

    def finish(self, coil_id: str) -> None:
        """End the coil if it is the running one; what follows is unannounced steel."""
        with self._lock:
            last = self._spans[-1].coil
            if last is not None and last.coil_id == coil_id:
                self._begin(None)

    def current(self) -> str | None:
        """Id of the coil that the newest line belongs to; None before the first line."""
        with self._lock:
            coil = self._spans[-1].coil
            return coil.coil_id if coil else None

    def coil(self, coil_id: str) -> Coil:
        with self._lock:
            return self._known[coil_id]

    def forget(self, coil_id: str) -> None:
        """The coil is complete and kept elsewhere."""
        with self._lock:
            self._known.pop(coil_id, None)

    def exposed(self, end_line: SharedLine) -> None:
        """Some camera has exposed lines up to `end_line`."""
        with self._lock:
            self._exposed = max(self._exposed, end_line)

    def place(self, capture: Capture[SharedLine]) -> Sequence[Travelling]:
        """Cut a capture at coil boundaries; coil ends come where they belong between the pieces."""
        with self._lock:
            return list(self._place(capture))

    def overdue(self) -> Sequence[CoilEnd]:
        """Coil ends of cameras that stand exactly at a boundary, for when no more lines come."""
        with self._lock:
            return [end for camera in self._at for end in self._cross(camera)]

    def ends(self, *, stopped: bool = False) -> Sequence[CoilEnd]:
        """Every coil end that is still owed, for when no line comes any more; `stopped` if the station was told to stop."""
        with self._lock:
            found = [end for camera in self._at for end in self._cross(camera)]
            for camera, at in self._at.items():
                rest = [span.coil for span in self._spans[at - self._dropped :]]
                found += [CoilEnd(coil.coil_id, camera, stopped) for coil in rest if coil is not None]
            return found

    def _begin(self, coil: Coil | None) -> None:
        last = self._spans[-1]
        if last.first_line == self._exposed and last.coil is None:
            last.coil = coil
        else:
            self._spans.append(_Span(self._exposed, coil))
        if coil is not None:
            self._known[coil.coil_id] = coil

    def _place(self, capture: Capture[SharedLine]) -> Iterator[Travelling]:
        camera, end = capture.camera, after(capture.first_line, capture.lines)
        self._exposed = max(self._exposed, end)
        line = capture.first_line
        while line < end:
            yield from self._cross(camera)
            span = self._spans[self._at[camera] - self._dropped]
            if span.coil is None:
                span.coil = self._automatic()
                self._known[span.coil.coil_id] = span.coil
            self._split_if_long(span, line)
            stop = min(end, self._next_boundary(camera))
            piece = capture.cut(line - capture.first_line, stop - capture.first_line)
            yield OnCoil(span.coil.coil_id, piece.at(CoilLine(line - span.first_line)))
            line = self._placed[camera] = stop
        yield from self._cross(camera)

    def _cross(self, camera: str) -> Iterator[CoilEnd]:
        """Move a camera over the boundaries it stands at."""
        while self._placed[camera] >= self._next_boundary(camera):
            coil = self._spans[self._at[camera] - self._dropped].coil
            self._at[camera] += 1
            if coil is not None:
                yield CoilEnd(coil.coil_id, camera)
        oldest = min(self._at.values())
        while self._dropped < oldest:
            self._spans.pop(0)
            self._dropped += 1

    def _next_boundary(self, camera: str) -> SharedLine:
        following = self._at[camera] - self._dropped + 1
        return self._spans[following].first_line if following < len(self._spans) else SharedLine(2**62)

    def _split_if_long(self, span: _Span, line: SharedLine) -> None:
        """An automatic coil ends after `automatic_lines`, so that unannounced steel does not become one endless coil."""
        limit = self._automatic_lines
        if limit and span is self._spans[-1] and span.coil and span.coil.automatic and self._exposed - span.first_line > limit:
            self._spans.append(_Span(max(line, after(span.first_line, limit)), None))
