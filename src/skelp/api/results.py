"""Routes of a coil's results: defects, coverage and map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from skelp.api.answers import DEFECTS, TAGGED, picture
from skelp.api.drawn import defects_of, drawn_map
from skelp.api.language import ReaderLanguage
from skelp.api.problem import not_modified, unchanged
from skelp.api.schema.base import CoilKey, IfNoneMatch, Number
from skelp.api.schema.coils import CoverageOut, DensityOut
from skelp.api.schema.defects import DefectFilters, DefectPage
from skelp.domain.coilmap import density
from skelp.domain.strip import Side
from skelp.ports import RecordReader
from skelp.render.records import defect_record, defects_csv, defects_geojson, interval_record


def router(records: RecordReader, sides: Callable[[], Mapping[str, Side]]) -> APIRouter:
    """Routes under /coils/{coil_id}/. `sides()`: that of each camera of the station."""
    api = APIRouter(prefix="/coils", tags=["results"])

    @api.get("/{coil_id}/defects", response_model=DefectPage, responses=DEFECTS)
    def list_defects(
        coil_id: CoilKey,
        filters: Annotated[DefectFilters, Query()],
        request: Request,
        response: Response,
        if_none_match: IfNoneMatch = "",
    ) -> Any:
        """Defects in the order in which they were finished, in pages. `format` csv and geojson are in pages too."""
        coil = records.coil(coil_id)
        if unchanged(if_none_match, response, f"{coil.coil_id}.{coil.revision}.{_query_tag(request)}"):
            return not_modified(response)
        numbered = records.defects(coil.coil_id, filters.query())
        found = [d for _, d in numbered]
        more = numbered[-1][0] if len(numbered) == filters.limit else None
        headers = {"ETag": response.headers["ETag"]} | ({"X-Next-Cursor": str(more)} if more else {})
        if filters.format == "csv":
            return PlainTextResponse(defects_csv(found), media_type="text/csv", headers=headers)
        if filters.format == "geojson":
            return JSONResponse(defects_geojson(found), media_type="application/geo+json", headers=headers)
        return {"defects": [defect_record(d) for d in found], "next": more, "last": numbered[-1][0] if numbered else filters.cursor}

    @api.get("/{coil_id}/coverage", response_model=CoverageOut, responses=TAGGED)
    def get_coverage(coil_id: CoilKey, response: Response, if_none_match: IfNoneMatch = "") -> Any:
        """The intervals of the strip and of each camera, with state and reason. Each list has every line of the coil once."""
        coil = records.coil(coil_id)
        if unchanged(if_none_match, response, f"{coil.coil_id}.{coil.revision}"):
            return not_modified(response)
        cameras = records.camera_coverage(coil.coil_id)
        return {
            "coil_id": coil.coil_id,
            "width_mm": round(records.width_mm(coil.coil_id), 2),
            "intervals": [interval_record(i, coil.mm_per_line) for i in records.coverage(coil)],
            "cameras": {name: [interval_record(i, coil.mm_per_line) for i in intervals] for name, intervals in cameras.items()},
        }

    @api.get("/{coil_id}/map", response_model=DensityOut)
    def get_map(
        coil_id: CoilKey, rows: Annotated[int, Query(ge=1, le=2000)] = 100, columns: Annotated[int, Query(ge=1, le=200)] = 20
    ) -> Any:
        """Number and area of defects in a grid of `rows` cells along the coil by `columns` cells across."""
        coil = records.coil(coil_id)
        g = density(
            defects_of(records, coil.coil_id),
            records.coverage(coil),
            mm_per_line=coil.mm_per_line,
            width_mm=max(1.0, records.width_mm(coil.coil_id)),
            rows=rows,
            columns=columns,
        )
        return {
            "coil_id": coil.coil_id,
            "cell_along_m": g.along_m,
            "cell_across_mm": g.across_mm,
            "count": {k: v.tolist() for k, v in g.count.items()},
            "area_mm2": {k: v.round(2).tolist() for k, v in g.area_mm2.items()},
            "covered": g.covered.round(4).tolist(),
        }

    @api.get("/{coil_id}/map.png", response_class=Response, responses=picture("image/png", Content_Language="The language of the text."))
    def get_map_picture(coil_id: CoilKey, language: ReaderLanguage, revision: Number | None = None) -> Response:
        """The coil map as PNG, with text in the reader's language. A new `revision` only makes the address new, for a browser's cache."""
        del revision
        coil = records.coil(coil_id)
        png = drawn_map(records, coil, defects_of(records, coil.coil_id), sides(), language)
        return Response(png, media_type="image/png", headers={"Content-Language": language, "Vary": "Accept-Language"})

    return api


def _query_tag(request: Request) -> str:
    """The query of the request, as a part of an ETag."""
    return "".join(c if c.isalnum() else "." for c in str(request.url.query))
