"""What operators say of defects, and the clean steel that the training bench asks for."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from skelp.api.problem import problem
from skelp.api.schema.defects import ReviewIn, ReviewOut, ReviewPage, SamplePage
from skelp.api.services import Services
from skelp.domain.review import Review


def router(s: Services) -> APIRouter:
    """Routes under /defects/{id}/reviews, /reviews and /samples."""
    api = APIRouter(tags=["reviews"])

    @api.post("/defects/{defect_id}/review", response_model=ReviewOut, status_code=201)
    def review(defect_id: str, said: ReviewIn) -> Any:
        """Append a verdict. What was said before stays; an operator's last word is the one that counts."""
        if said.class_ is not None and said.class_ not in s.classes():
            return problem(422, f"the model has no class {said.class_}; relabel as one of {', '.join(sorted(s.classes()))}")
        with s.writer.transaction() as change:
            kept = change.add_review(defect_id, said.verdict, said.operator, said.class_, said.note)
        return _out(kept)

    @api.get("/defects/{defect_id}/reviews", response_model=ReviewPage)
    def of_defect(defect_id: str) -> Any:
        """Everything that was said of one defect, oldest first."""
        s.records.defect(defect_id)
        return {"reviews": [_out(r) for r in s.records.reviews(defect_id=defect_id)], "next": None}

    @api.get("/reviews", response_model=ReviewPage)
    def everything(
        coil_id: str | None = None, cursor: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=10_000)] = 1000
    ) -> Any:
        """Every review of the station or of one coil, oldest first."""
        found = s.records.reviews(coil_id=coil_id, after=cursor, limit=limit)
        return {"reviews": [_out(r) for r in found], "next": found[-1].review_id if len(found) == limit else None}

    @api.get("/samples", response_model=SamplePage)
    def samples() -> Any:
        """Random pieces of steel on which nothing was found, for training and for checking what is missed."""
        return {"samples": s.samples.samples()}

    @api.get("/samples/{sample_id}.png", response_class=Response, responses={200: {"content": {"image/png": {}}}})
    def picture(sample_id: str) -> Response:
        """The piece, as the camera gave it."""
        data = s.samples.sample_png(sample_id)
        if data is None:
            raise LookupError(f"there is no sample {sample_id}; the oldest go when there are more than the station keeps")
        return Response(data, media_type="image/png")

    return api


def _out(review: Review) -> dict[str, Any]:
    return {
        "review_id": review.review_id,
        "defect_id": review.defect_id,
        "verdict": review.verdict,
        "class": review.class_name,
        "operator": review.operator,
        "note": review.note,
        "at": review.at,
    }
