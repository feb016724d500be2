"""What a line is made of: cameras, networks, sinks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from skelp.domain.coilmap import Coil
from skelp.domain.defect import DefectClass
from skelp.domain.maps import Maps, Wish
from skelp.domain.outcome import Outcome
from skelp.domain.status import EngineInfo
from skelp.domain.strip import CameraView, Capture, OwnLine, SharedLine


class FrameSource(Protocol):
    """A camera, or image files in place of one. It is opened with `with` and may be opened again after it was closed.

    `captures` yields frames and losses in line order from line 0, without holes. It yields None if nothing arrived for a short time, so
    that the caller can stop. `live`: the camera does not wait, so a frame is lost if the queue is full. Other sources wait.
    """

    @property
    def view(self) -> CameraView: ...
    @property
    def live(self) -> bool: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...
    def captures(self) -> Iterator[Capture[OwnLine] | None]: ...


class Segmenter(Protocol):
    """A network. `run` answers frames uint8 [N, 1, H, W]. H and W are multiples of 32."""

    @property
    def stride(self) -> int: ...
    @property
    def classes(self) -> tuple[DefectClass, ...]: ...
    @property
    def info(self) -> EngineInfo: ...
    def run(self, frames: NDArray[np.uint8]) -> Maps: ...


@runtime_checkable
class Screener(Segmenter, Protocol):
    """A network with a screen. `look` answers as `run` does, with one wish for each frame."""

    def look(self, frames: NDArray[np.uint8], wishes: Sequence[Wish]) -> Maps: ...


class CoilLookup(Protocol):
    """Gives the identity of coils that are not complete. A sink calls `coil` to store a coil, and `forget` when it is complete."""

    def coil(self, coil_id: str) -> Coil: ...
    def forget(self, coil_id: str) -> None: ...


class Sink(Protocol):
    """Stores outcomes, which come in order. A sink may store new intervals a short time later, but defects and a coil's end at once.

    `write` is called without outcomes while the line is idle, so that the sink stores what is waiting.
    """

    def write(self, outcomes: Sequence[Outcome]) -> None: ...
    def close(self) -> None: ...


class CoilControl(Protocol):
    """Starts and ends coils on the running line.

    `border`: the line at which a coil may begin or end now. The line waits there until the `with` ends; `start` and `finish` take it as
    `at`. `current`: id of the coil that new lines belong to, or None. `exposed_on`: how many lines of a coil the cameras have exposed, if
    new lines belong to it; else None.
    """

    def border(self) -> AbstractContextManager[SharedLine]: ...
    def start(self, coil: Coil, at: SharedLine | None = None) -> None: ...
    def finish(self, coil_id: str, at: SharedLine | None = None) -> None: ...
    def current(self) -> str | None: ...
    def exposed_on(self, coil_id: str) -> int | None: ...
