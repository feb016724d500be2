"""The defects of a coil as columns, for rules that count them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import Defect

Numbers = NDArray[np.float64]
Names = NDArray[np.str_]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Defects of one coil, one element of each column [N] for each. Lengths are in mm, as in Defect."""

    defect_id: Names
    class_name: Names
    severity: NDArray[np.int64]
    side: Names
    along_mm: Numbers
    across_mm: Numbers
    length_mm: Numbers
    width_mm: Numbers
    area_mm2: Numbers
    score: Numbers
    contrast: Numbers

    def __len__(self) -> int:
        return len(self.defect_id)

    @staticmethod
    def of(defects: Iterable[Defect], *, marks: bool = False) -> Found:
        """The columns of defects; with `marks`, also of those that are marks."""
        return Found.of_rows([[getattr(d, name) for name in COLUMNS] for d in defects if marks or not d.is_mark])

    @staticmethod
    def of_rows(rows: Iterable[Iterable[object]]) -> Found:
        """From the values of each defect, in the order of COLUMNS."""
        columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
        return Found(*(np.array(column, kind) for column, kind in zip(columns, _KINDS, strict=True)))

    def where(self, chosen: Mask) -> Found:
        """Those that are chosen, bool [N]."""
        return self if chosen.all() else Found(*(getattr(self, name)[chosen] for name in COLUMNS))

    def worst_ids(self) -> tuple[str, ...]:
        """The ids, the most severe first, then the largest."""
        order = np.lexsort((self.defect_id, -self.area_mm2, -self.severity))
        return tuple(self.defect_id[order].tolist())


COLUMNS = tuple(f.name for f in fields(Found))
_KINDS = [np.str_, np.str_, np.int64, np.str_, *[np.float64] * 7]
NOTHING = Found.of_rows([])
