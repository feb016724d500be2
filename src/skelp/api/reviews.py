"""Routes of operators' reviews of defects, and of samples of clean steel."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from skelp.api.answers import picture
from skelp.api.problem import problem
from skelp.api.schema.base import CoilKey, DefectKey, Number, SampleKey, Text
from skelp.api.schema.defects import SamplePage
from skelp.api.schema.reviews import DefectReviews, ReviewGiven, ReviewIn, ReviewPage, StandingReviewPage
from skelp.api.services import Services
from skelp.api.signature import signed
from skelp.ports import RecordReader, SampleFiles
from skelp.render.records import review_record, standing_review_record


def router(records: RecordReader) -> APIRouter:
    """Routes that end in /reviews, and /coils/{id}/reviews/standing."""
    api = APIRouter(tags=["reviews"])

    @api.get("/defects/{defect_id}/reviews", response_model=DefectReviews)
    def list_reviews_of_defect(defect_id: DefectKey) -> Any:
        """All reviews of one defect, oldest first, and its standing review."""
        standing = standing_review_record(records.standing_review(defect_id))
        return {"reviews": [review_record(r) for r in records.reviews(defect_id=defect_id)], "standing": standing}

    @api.get("/coils/{coil_id}/reviews/standing", response_model=StandingReviewPage)
    def list_standing_reviews(coil_id: CoilKey, cursor: Number = 0, limit: Annotated[int, Query(ge=1, le=10_000)] = 1000) -> Any:
        """The standing review of each reviewed defect of a coil, in the order of GET /coils/{id}/defects."""
        coil = records.coil(coil_id)
        found = records.standing_reviews(coil.coil_id, after=cursor, limit=limit)
        more = found[-1][0] if len(found) == limit else None
        return {"standing": [standing_review_record(r) for _, r in found], "next": more}

    @api.get("/reviews", response_model=ReviewPage)
    def list_reviews(
        coil_id: Annotated[Text | None, Query()] = None, cursor: Number = 0, limit: Annotated[int, Query(ge=1, le=10_000)] = 1000
    ) -> Any:
        """All reviews of the station or of one coil, oldest first."""
        found = records.reviews(coil_id=coil_id, after=cursor, limit=limit)
        return {"reviews": [review_record(r) for r in found], "next": found[-1].review_id if len(found) == limit else None}

    return api


def changes(s: Services) -> APIRouter:
    """The route that adds a review."""
    api = APIRouter(tags=["reviews"])

    @api.post("/defects/{defect_id}/review", response_model=ReviewGiven, status_code=201)
    def add_review(defect_id: DefectKey, body: ReviewIn, request: Request) -> Any:
        """Add a review. Earlier reviews remain. The response has the standing review: each operator's last verdict counts."""
        if body.class_ is not None and body.class_ not in s.classes():
            return problem(422, f"the model has no class {body.class_}; relabel as one of {', '.join(sorted(s.classes()))}")
        operator = signed(request, body.operator)
        with s.writer.transaction() as change:
            added = change.add_review(defect_id, body.verdict, operator, body.class_, body.note)
        return review_record(added) | {"standing": standing_review_record(s.records.standing_review(defect_id))}

    return api


def samples(files: SampleFiles) -> APIRouter:
    """Routes under /samples."""
    api = APIRouter(tags=["reviews"])

    @api.get("/samples", response_model=SamplePage)
    def list_samples() -> Any:
        """Random pieces of steel without defects, for training and for finding missed defects."""
        return {"samples": files.samples()}

    @api.get("/samples/{sample_id}.png", response_class=Response, responses=picture("image/png"))
    def get_sample_picture(sample_id: SampleKey) -> Response:
        """The picture of a sample, as the camera delivered it."""
        data = files.sample_png(sample_id)
        if data is None:
            raise LookupError(f"there is no sample {sample_id}; the station deletes the oldest samples when it has too many")
        return Response(data, media_type="image/png")

    return api
