"""Draws the coil map from the records, for the call that gives the picture and for the package of a coil's shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skelp.domain.coilmap import Coil
from skelp.domain.cuts import sides_seen
from skelp.domain.defect import Defect
from skelp.domain.queries import DefectQuery
from skelp.domain.stretches import find_stretches
from skelp.domain.strip import Side
from skelp.ports import RecordReader
from skelp.render.coilmap import coil_map_png
from skelp.render.words import Language

MAX_DEFECTS_ON_MAP = 50_000


def defects_of(records: RecordReader, coil_id: str) -> list[Defect]:
    """The defects that are drawn. Raises DeletedError if they were deleted."""
    return [d for _, d in records.defects(coil_id, DefectQuery(limit=MAX_DEFECTS_ON_MAP))]


def drawn_map(records: RecordReader, coil: Coil, defects: Sequence[Defect], sides: Mapping[str, Side], language: Language) -> bytes:
    """The coil map as PNG. `sides`: that of each camera of the station."""
    return coil_map_png(
        records.summary(coil),
        records.coverage(coil),
        defects,
        width_mm=records.width_mm(coil.coil_id),
        sides=sides_seen(records.camera_coverage(coil.coil_id), sides),
        periodic=records.periodic(coil.coil_id),
        stretches=find_stretches(coil.coil_id, records.places(coil.coil_id)),
        states=records.states(coil.coil_id),
        language=language,
    )
