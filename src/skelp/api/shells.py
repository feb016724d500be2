"""Routes of a coil as an Asset Administration Shell: JSON, and the package AASX with the coil map and the defects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from skelp import __version__
from skelp.api.answers import picture
from skelp.api.drawn import defects_of, drawn_map
from skelp.api.language import ReaderLanguage
from skelp.api.schema.base import CoilKey
from skelp.api.schema.shells import EnvironmentOut
from skelp.api.services import Services
from skelp.domain.coilmap import Coil, Summary
from skelp.domain.common_codes import ClassCodes
from skelp.domain.cuts import sides_seen
from skelp.domain.defect import Defect
from skelp.domain.deleted import DeletedError
from skelp.domain.nameplate import StationFacts
from skelp.domain.reasons import CoilDefectsDeleted
from skelp.ports import RecordReader
from skelp.render.aas.coil import CoilFacts
from skelp.render.aas.environment import environment
from skelp.render.aas.package import FOLDER, packed
from skelp.render.records import defects_csv

PACKAGE = "application/asset-administration-shell-package"
_MAP, _TABLE = "coil-map.png", "defects.csv"
_ELEMENTS = {"CoilMap": ("image/png", f"{FOLDER}/{_MAP}"), "DefectTable": ("text/csv", f"{FOLDER}/{_TABLE}")}
Files = Mapping[str, tuple[str, str]]


def router(s: Services) -> APIRouter:
    """Routes under /coils/{coil_id}/."""
    api = APIRouter(prefix="/coils", tags=["results"])
    shells = _Shells(s)

    @api.get("/{coil_id}/aas", response_model=EnvironmentOut)
    def get_aas(coil_id: CoilKey) -> Any:
        """The coil, its station and its model as Asset Administration Shells, in JSON of the metamodel 3.0."""
        return shells.environment(s.records.coil(coil_id))

    @api.get("/{coil_id}/coil.aasx", response_class=Response, responses=picture(PACKAGE, Content_Disposition="The name of the file."))
    def get_aasx(coil_id: CoilKey, language: ReaderLanguage) -> Response:
        """The same as a package, with the coil map in the reader's language and the defects as CSV."""
        coil = s.records.coil(coil_id)
        named = {"Content-Disposition": f'attachment; filename="{coil.coil_id}.aasx"', "Vary": "Accept-Language"}
        sides = {camera.name: camera.side for camera in s.status().cameras}
        try:
            found = defects_of(s.records, coil.coil_id)
            contents = {_MAP: drawn_map(s.records, coil, found, sides, language), _TABLE: defects_csv(found).encode()}
            files = {_MAP: ("image/png", contents[_MAP]), _TABLE: ("text/csv", contents[_TABLE])}
            package = packed(shells.environment(coil, _ELEMENTS), files)
        except DeletedError:
            package = packed(shells.environment(coil), {})
        return Response(package, media_type=PACKAGE, headers=named)

    return api


@dataclass(frozen=True, slots=True)
class _Shells:
    """Makes environments from the records of a station."""

    s: Services

    def environment(self, coil: Coil, files: Files | None = None) -> dict[str, Any]:
        """The environment of a coil. `files`: those of the package that it will be in."""
        records, now = self.s.records, self.s.status()
        sides = sides_seen(records.camera_coverage(coil.coil_id), {camera.name: camera.side for camera in now.cameras})
        station = StationFacts(now.name, now.plant, now.line, now.feed_id, __version__, self.s.nameplate)
        summary, coverage = records.summary(coil), records.coverage(coil)
        deleted = any(isinstance(reason, CoilDefectsDeleted) for reason in summary.reasons)
        codes = _codes(records, summary, deleted=deleted)
        facts = CoilFacts(summary, coverage, sides, codes, station, files or {}, deleted)
        return environment(facts, self.s.about_model(coil.model_sha256))


def _codes(records: RecordReader, summary: Summary, *, deleted: bool) -> dict[str, ClassCodes]:
    """The common codes of the coil's classes, as far as they are one and known.

    A coil with one file of codes has those of the file. One that was welded of coils with several has a class's codes where all of its
    defects have the same.
    """
    coil, tally = summary.coil, summary.tally
    if coil.codes_sha256 is None:
        return {} if deleted else _of_defects(defects_of(records, coil.coil_id))
    kept = records.kept_codes(coil.codes_sha256)
    return {name: codes for name in (*tally.by_class, *tally.marks) if (codes := kept.of(name))}


def _of_defects(found: list[Defect]) -> dict[str, ClassCodes]:
    pairs: dict[str, set[tuple[str | None, str | None]]] = {}
    for d in found:
        pairs.setdefault(d.class_name, set()).add((d.plant_code, d.cluster_code))
    one = {name: next(iter(codes)) for name, codes in pairs.items() if len(codes) == 1}
    return {name: ClassCodes(plant, cluster) for name, (plant, cluster) in one.items() if plant is not None and cluster is not None}
