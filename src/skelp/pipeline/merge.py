"""Joins regions that touch, across blocks and cameras.

The merger stores only borders: the last row of each camera, and on each seam between two cameras the rows that the slower camera has
not reached yet. A region is finished when none of its cells lies on a border. Memory grows with the strip's width, not its length.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import Region
from skelp.pipeline.regions import Tile

I64 = NDArray[np.int64]
_MAX_GAP_ROWS = 4096
"""Longest gap, in rows, that a seam stores. Cameras are never so far apart."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The columns of one camera in the side's canvas, in cells: the first one, and their number."""

    camera: str
    first: int
    width: int


@dataclass(slots=True)
class _Border:
    """Region ids along one side of a seam, int64 [rows] from row `base` on; 0 is sound steel."""

    base: int = 0
    ids: I64 = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def end(self) -> int:
        return self.base + len(self.ids)

    def append(self, row: int, ids: I64) -> None:
        """Add the ids of rows from `row` on. Rows left out count as sound steel, because neither sound nor lost rows join regions."""
        missing = row - self.end
        if missing > _MAX_GAP_ROWS:
            self.base, self.ids = row, np.zeros(0, np.int64)
        elif missing > 0:
            self.ids = np.concatenate([self.ids, np.zeros(missing, np.int64)])
        self.ids = np.concatenate([self.ids, ids])

    def forget_before(self, row: int) -> None:
        if row > self.base:
            self.ids = self.ids[row - self.base :]
            self.base = row

    def slice(self, start: int, stop: int) -> I64:
        return self.ids[start - self.base : stop - self.base]


class Merger:
    """Joins the regions of one side of one coil. A camera's tiles must come in row order. Cameras may alternate in any order."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = sorted(lanes, key=lambda lane: lane.first)
        self._index = {lane.camera: n for n, lane in enumerate(self._lanes)}
        self._regions: dict[int, Region] = {}
        self._bottom: list[I64] = [np.zeros(lane.width, np.int64) for lane in self._lanes]
        self._row = [0] * len(self._lanes)
        self._after_gap = [False] * len(self._lanes)
        self._seams = [
            (_Border(), _Border()) if a.first + a.width == b.first else None for a, b in zip(self._lanes, self._lanes[1:], strict=False)
        ]
        self._next_id = 1

    def next_row(self, camera: str) -> int:
        """The first row at which the camera's next tile may begin."""
        return self._row[self._index[camera]]

    def add(self, camera: str, row: int, tile: Tile) -> list[Region]:
        """Add a tile whose first row is `row`. Returns the regions that are now finished. Raises ValueError if rows are missing."""
        n = self._index[camera]
        rows = tile.labels.shape[0]
        if row > self._row[n] and not self._after_gap[n]:
            raise ValueError(f"camera {camera}: tile at row {row}, expected {self._row[n]}; call gap() for lost lines")
        if not tile.regions and not self._regions:
            self._advance(n, row, rows)
            self._after_gap[n] = False
            return []
        ids, finished = self._register(n, tile)
        labels = tile.labels
        pairs = [_touching(self._bottom[n], ids[labels[0]])]
        self._bottom[n] = ids[labels[-1]]
        self._row[n] = row + rows
        pairs += self._extend_seams(n, row, ids, labels)
        self._join(np.concatenate(pairs))
        self._trim_seams()
        return finished + self._take_finished()

    def gap(self, camera: str, row: int) -> list[Region]:
        """Record that lines are lost up to `row`. Regions that touch the loss are marked `cut_by_gap`. Returns those that are finished."""
        n = self._index[camera]
        for region_id in np.unique(self._bottom[n]).tolist():
            if region_id:
                self._regions[region_id] = replace(self._regions[region_id], cut_by_gap=True)
        self._advance(n, max(row, self._row[n]), 0)
        self._after_gap[n] = True
        return self._take_finished()

    def flush(self) -> list[Region]:
        """End the strip. Returns the regions that were still open."""
        rest = list(self._regions.values())
        self._regions.clear()
        return rest

    def _register(self, n: int, tile: Tile) -> tuple[I64, list[Region]]:
        """Give ids to the tile's regions that touch a border. The other regions are finished.

        Returns the id of each label, int64 [labels + 1] (0 for sound steel and finished regions), and the finished regions.
        """
        labels = tile.labels
        edges = [labels[0], labels[-1]]
        if n > 0 and self._seams[n - 1]:
            edges.append(labels[:, 0])
        if n < len(self._seams) and self._seams[n]:
            edges.append(labels[:, -1])
        touching = np.zeros(len(tile.regions) + 1, bool)
        touching[np.concatenate(edges)] = True
        touching[0] = False
        ids = np.zeros(len(tile.regions) + 1, np.int64)
        which = np.flatnonzero(touching)
        ids[which] = np.arange(self._next_id, self._next_id + len(which))
        self._next_id += len(which)
        on_top = np.zeros_like(touching)
        on_top[labels[0]] = self._after_gap[n]
        self._after_gap[n] = False
        for label in which.tolist():
            region = tile.regions[label - 1]
            self._regions[int(ids[label])] = replace(region, cut_by_gap=True) if on_top[label] else region
        return ids, [r for r, t in zip(tile.regions, touching[1:].tolist(), strict=True) if not t]

    def _extend_seams(self, n: int, row: int, ids: I64, labels: NDArray[np.int32]) -> list[I64]:
        """Add a tile's first and last column. `ids`: the id of each of its labels. Returns the pairs of ids that touch."""
        pairs = []
        if n < len(self._seams) and (seam := self._seams[n]):
            seam[0].append(row, ids[labels[:, -1]])
            pairs.append(_touching_across_seam(*seam))
        if n > 0 and (seam := self._seams[n - 1]):
            seam[1].append(row, ids[labels[:, 0]])
            pairs.append(_touching_across_seam(*seam))
        return pairs

    def _advance(self, n: int, row: int, rows: int) -> None:
        """Move a camera forward over sound or lost rows."""
        self._bottom[n] = np.zeros(self._lanes[n].width, np.int64)
        self._row[n] = row + rows
        self._extend_seams(n, row, np.zeros(1, np.int64), np.zeros((rows, 1), np.int32))
        self._trim_seams()

    def _trim_seams(self) -> None:
        for seam in self._seams:
            if seam:
                passed = min(seam[0].end, seam[1].end) - 1
                seam[0].forget_before(passed)
                seam[1].forget_before(passed)

    def _borders(self) -> Iterable[I64]:
        yield from self._bottom
        for seam in self._seams:
            if seam:
                yield from (border.ids for border in seam)

    def _join(self, pairs: I64) -> None:
        """Join the regions of each pair of ids, int64 [n, 2], if they are of one class. Writes the remaining ids into every border."""
        if not len(pairs):
            return
        parent: dict[int, int] = {}

        def root(a: int) -> int:
            while a in parent:
                a = parent[a]
            return a

        for a, b in np.unique(pairs, axis=0).tolist():
            remaining, gone = sorted((root(a), root(b)))
            if remaining != gone and self._regions[remaining].class_id == self._regions[gone].class_id:
                self._regions[remaining] = self._regions[remaining].joined(self._regions.pop(gone))
                parent[gone] = remaining
        if not parent:
            return
        gone_ids = np.array(sorted(parent))
        new_ids = np.array([root(int(a)) for a in gone_ids])
        for ids in self._borders():
            at = np.searchsorted(gone_ids, ids)
            hit = (at < len(gone_ids)) & (gone_ids[np.minimum(at, len(gone_ids) - 1)] == ids)
            ids[hit] = new_ids[at[hit]]

    def _take_finished(self) -> list[Region]:
        if not self._regions:
            return []
        alive = {region_id for ids in self._borders() for region_id in ids[ids > 0].tolist()}
        closed = [region_id for region_id in self._regions if region_id not in alive]
        return [self._regions.pop(region_id) for region_id in closed]


def _touching(above: I64, below: I64) -> I64:
    """The pairs of ids, int64 [n, 2], that are 8-neighbours in two adjacent rows."""
    width = len(above)
    found = []
    for shift in (-1, 0, 1):
        a = above[max(0, -shift) : width - max(0, shift)]
        b = below[max(0, shift) : width - max(0, -shift)]
        both = (a > 0) & (b > 0)
        found.append(np.stack([a[both], b[both]], axis=1))
    return np.concatenate(found)


def _touching_across_seam(left: _Border, right: _Border) -> I64:
    """The pairs of ids, int64 [n, 2], that are 8-neighbours across a seam, in the rows that both sides have."""
    found = []
    for shift in (-1, 0, 1):
        start, stop = max(left.base, right.base - shift), min(left.end, right.end - shift)
        if start < stop:
            a, b = left.slice(start, stop), right.slice(start + shift, stop + shift)
            both = (a > 0) & (b > 0)
            found.append(np.stack([a[both], b[both]], axis=1))
    return np.concatenate(found) if found else np.zeros((0, 2), np.int64)
