"""Asks the network for the look that each camera's blocks are to get (ADR 23)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import DefectClass
from skelp.domain.maps import TILE_PX, Look, Maps, Wish
from skelp.domain.status import EngineInfo
from skelp.domain.strip import Block, CameraView, CoilLine, after
from skelp.pipeline.edges import BAND_LINES, Edges, find_edges
from skelp.ports import Screener, Segmenter

Bools = NDArray[np.bool_]


class Looked(NamedTuple):
    """The network's answer for a block, and the strip's edges if they had to be found for it."""

    maps: Maps
    edges: Edges | None = None


@dataclass(slots=True)
class _Camera:
    """What is known of a screened camera: how many blocks came, and in which columns of tiles the last one ended with something."""

    view: CameraView
    turn: int = 0
    coil_id: str | None = None
    end_line: CoilLine | None = None
    goes_on: Bools | None = None


class Looking:
    """`screened`: the cameras whose frames are screened, by name. It needs a network with a screen if there are any."""

    def __init__(self, segmenter: Segmenter, screened: Mapping[str, CameraView] = {}) -> None:
        self._segmenter = segmenter
        self._cameras = {name: _Camera(view) for name, view in screened.items()}

    @property
    def stride(self) -> int:
        """Pixels of the frame along the side of a cell of the class map."""
        return self._segmenter.stride

    @property
    def classes(self) -> tuple[DefectClass, ...]:
        """The network's classes, with the limits of its card."""
        return self._segmenter.classes

    @property
    def info(self) -> EngineInfo:
        """How the network is run."""
        return self._segmenter.info

    def at(self, blocks: Sequence[Block], *, hurried: bool) -> Iterator[Looked]:
        """The answer for each block. `hurried`: there is no time for second looks."""
        if not self._cameras or not isinstance(self._segmenter, Screener):
            yield from (Looked(maps) for maps in self._segmenter.run(_frames(blocks)).each())
            return
        for some in _one_of_each_camera(blocks):
            asked = [self._asked(block, hurried=hurried) for block in some]
            maps = self._segmenter.look(_frames(some), [wish for wish, _ in asked])
            for block, (_, edges), answer in zip(some, asked, maps.each(), strict=True):
                self._remember(block, answer)
                yield Looked(answer, edges)

    def _asked(self, block: Block, *, hurried: bool) -> tuple[Wish, Edges | None]:
        shape = block.pixels.shape[0] // TILE_PX, block.pixels.shape[1] // TILE_PX
        nowhere = np.zeros(shape[1], np.bool_)
        camera = self._cameras.get(block.camera)
        if camera is None:
            return Wish(Look.WHOLE, np.ones(shape, np.bool_), nowhere, 0), None
        camera.turn += 1
        edges = find_edges(block.own, camera.view.gain)
        steel = steel_tiles(edges, block, shape)
        look = Look.SCREEN_ONLY if hurried else Look.SCREENED
        if edges.strip_seen.any() and not steel.any():
            look = Look.WHOLE  # the strip is narrower than a tile or two, so a screen gains nothing
        follows = (camera.coil_id, camera.end_line) == (block.coil_id, block.first_line) and not block.breaks
        return Wish(look, steel, camera.goes_on if follows and camera.goes_on is not None else nowhere, camera.turn, block.camera), edges

    def _remember(self, block: Block, answer: Maps) -> None:
        camera = self._cameras.get(block.camera)
        if camera is None:
            return
        each = TILE_PX // self._segmenter.stride
        end = -(-(block.context + block.lines) // self._segmenter.stride)
        last = answer.class_id[max(0, end - each) : end].any(axis=0)
        camera.goes_on = np.asarray(last.reshape(-1, each).any(axis=1), np.bool_)
        camera.coil_id, camera.end_line = block.coil_id, after(block.first_line, block.lines)


def steel_tiles(edges: Edges, block: Block, shape: tuple[int, int]) -> Bools:
    """The tiles of a block that lie wholly between the strip's edges and show lines of its own, bool `shape`."""
    steel = np.zeros(shape, np.bool_)
    for row in range(block.context // TILE_PX, -(-(block.context + block.lines) // TILE_PX)):
        first, last = row * TILE_PX - block.context, (row + 1) * TILE_PX - block.context - 1
        bands = slice(max(0, first) // BAND_LINES, min(last, block.lines - 1) // BAND_LINES + 1)
        if edges.strip_seen[bands].all():
            left, right = float(edges.left[bands].max()), float(edges.right[bands].min())
            steel[row, -(-int(np.ceil(left)) // TILE_PX) : int(right) // TILE_PX] = True
    return steel


def _frames(blocks: Sequence[Block]) -> NDArray[np.uint8]:
    """uint8 [n, 1, H, W]."""
    frames = blocks[0].pixels[None] if len(blocks) == 1 else np.stack([b.pixels for b in blocks])
    return frames[:, None]


def _one_of_each_camera(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """The blocks in their order, in parts with one block of a camera: what is found in a block matters for the camera's next one."""
    part: list[Block] = []
    for block in blocks:
        if any(block.camera == b.camera for b in part):
            yield part
            part = []
        part.append(block)
    yield part
