"""Routes of one defect, its crop and its mask."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from skelp.api.answers import picture
from skelp.api.schema.base import DefectKey
from skelp.api.schema.defects import ExplainedDefectOut
from skelp.domain.severity import explained
from skelp.ports import CropFiles, RecordReader
from skelp.render.records import defect_record, reason_record

_PERMANENT = {"Cache-Control": "private, max-age=31536000, immutable"}


def router(records: RecordReader) -> APIRouter:
    """The route of a defect's record."""
    api = APIRouter(prefix="/defects", tags=["defects"])

    @api.get("/{defect_id}", response_model=ExplainedDefectOut)
    def get_defect(defect_id: DefectKey) -> Any:
        """One defect, and why it has its severity."""
        defect = records.defect(defect_id)
        coil = records.coil(defect.coil_id)
        recipe = records.stored_recipe(coil)
        rules = None if recipe is None else recipe.severity_of(defect.class_name)
        reasons = explained(defect, rules, coil.strip_width_mm)
        return defect_record(defect) | {"severity_because": [reason_record(r) for r in reasons]}

    return api


def pictures(records: RecordReader, crops: CropFiles) -> APIRouter:
    """The routes of a defect's pictures."""
    api = APIRouter(prefix="/defects", tags=["defects"])

    @api.get("/{defect_id}/crop.jpg", response_class=Response, responses=picture("image/jpeg"))
    def get_crop(defect_id: DefectKey) -> Response:
        """The crop: all of a small defect, or the middle of the largest piece of a large one."""
        return _file(crops.picture(records.defect(defect_id).defect_id), "image/jpeg", defect_id)

    @api.get("/{defect_id}/mask.png", response_class=Response, responses=picture("image/png"))
    def get_mask(defect_id: DefectKey) -> Response:
        """The mask of the crop: 255 where a pixel belongs to the defect, else 0."""
        return _file(crops.mask(records.defect(defect_id).defect_id), "image/png", defect_id)

    return api


def _file(data: bytes | None, media_type: str, defect_id: str) -> Response:
    if data is None:
        raise LookupError(
            f"defect {defect_id} has no crop: it was deleted because of the disk quota, or never stored; its record is still there"
        )
    return Response(data, media_type=media_type, headers=_PERMANENT)
