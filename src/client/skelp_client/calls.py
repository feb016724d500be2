"""Every call that the client makes about coils, their results and the station. decision_calls.py and lists.py have the others.

Nothing here does input or output, so that both clients make the same calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from skelp_client.call import V1, Call, given, part, record
from skelp_client.models import Drift, ListedShadow, ModelHistory, Models, Shadow
from skelp_client.pieces import Cut, MadeCut
from skelp_client.records import Alarm, Coil, Coverage, ExplainedDefect, Review, Sample
from skelp_client.results import Periodic, StateStretch, Stretch
from skelp_client.status import StationStatus


def status() -> Call[StationStatus]:
    return Call("GET", f"{V1}/station", record(StationStatus))


def alarms() -> Call[tuple[Alarm, ...]]:
    return Call("GET", f"{V1}/alarms", partial(part, "alarms", Alarm))


def announce(coil_id: str, **known: str | float | None) -> Call[Coil]:
    """Start a coil. Sent again while it runs, it changes nothing; sent again after it, it is refused with `coil_over`."""
    return Call("POST", f"{V1}/coils", record(Coil), body={"coil_id": coil_id, **given(known)})


def new_pass(coil_id: str, **known: str | float | None) -> Call[Coil]:
    """Start the next pass of a coil. Sent again after that pass, it would start one more, so it is not repeated by itself."""
    once = announce(coil_id, **known)
    return replace(once, body={**(once.body or {}), "new_pass": True}, repeatable=False)


def correct(coil_id: str, **known: str | None) -> Call[Coil]:
    """Correct a coil. Sent again, it sets the same values."""
    changed = given(known)
    return Call("PATCH", f"{V1}/coils/{{coil_id}}", record(Coil), {"coil_id": coil_id}, body=changed)


def finish(coil_id: str) -> Call[Coil]:
    """End a coil. Sent again, it changes nothing."""
    return Call("POST", f"{V1}/coils/{{coil_id}}/finish", record(Coil), {"coil_id": coil_id})


def coil(coil_id: str) -> Call[Coil]:
    return Call("GET", f"{V1}/coils/{{coil_id}}", record(Coil), {"coil_id": coil_id})


def coverage(coil_id: str) -> Call[Coverage]:
    return Call("GET", f"{V1}/coils/{{coil_id}}/coverage", record(Coverage), {"coil_id": coil_id})


def coil_map(coil_id: str, lang: str) -> Call[bytes]:
    return Call("GET", f"{V1}/coils/{{coil_id}}/map.png", bytes, {"coil_id": coil_id}, {"lang": lang})


def aasx(coil_id: str, lang: str) -> Call[bytes]:
    return Call("GET", f"{V1}/coils/{{coil_id}}/coil.aasx", bytes, {"coil_id": coil_id}, {"lang": lang})


def defect(defect_id: str) -> Call[ExplainedDefect]:
    return Call("GET", f"{V1}/defects/{{defect_id}}", record(ExplainedDefect), {"defect_id": defect_id})


def crop(defect_id: str) -> Call[bytes]:
    return Call("GET", f"{V1}/defects/{{defect_id}}/crop.jpg", bytes, {"defect_id": defect_id})


def mask(defect_id: str) -> Call[bytes]:
    return Call("GET", f"{V1}/defects/{{defect_id}}/mask.png", bytes, {"defect_id": defect_id})


def reviews_of(defect_id: str) -> Call[tuple[Review, ...]]:
    return Call("GET", f"{V1}/defects/{{defect_id}}/reviews", partial(part, "reviews", Review), {"defect_id": defect_id})


def samples() -> Call[tuple[Sample, ...]]:
    return Call("GET", f"{V1}/samples", partial(part, "samples", Sample))


def sample_png(sample_id: str) -> Call[bytes]:
    return Call("GET", f"{V1}/samples/{{sample_id}}.png", bytes, {"sample_id": sample_id})


def periodic(coil_id: str) -> Call[tuple[Periodic, ...]]:
    return Call("GET", f"{V1}/coils/{{coil_id}}/periodic", partial(part, "periodic", Periodic), {"coil_id": coil_id})


def stretches(coil_id: str) -> Call[tuple[Stretch, ...]]:
    return Call("GET", f"{V1}/coils/{{coil_id}}/stretches", partial(part, "stretches", Stretch), {"coil_id": coil_id})


def states(coil_id: str) -> Call[tuple[StateStretch, ...]]:
    return Call("GET", f"{V1}/coils/{{coil_id}}/states", partial(part, "states", StateStretch), {"coil_id": coil_id})


def tell_state(coil_id: str, state: str, from_m: float | None, to_m: float | None) -> Call[StateStretch]:
    """Tell a state. Sent again with a place, it changes nothing; without one, it would be told once more at another place."""
    body = given({"state": state, "from_m": from_m, "to_m": to_m})
    where = f"{V1}/coils/{{coil_id}}/states"
    return Call("POST", where, record(StateStretch), {"coil_id": coil_id}, body=body, repeatable=from_m is not None)


def shadow(coil_id: str) -> Call[Shadow]:
    return Call("GET", f"{V1}/coils/{{coil_id}}/shadow", record(Shadow), {"coil_id": coil_id})


def drift(product: str | None) -> Call[Drift]:
    return Call("GET", f"{V1}/model/drift", record(Drift)).asking(product=product)


def shadows(limit: int) -> Call[tuple[ListedShadow, ...]]:
    return Call("GET", f"{V1}/shadows", partial(part, "shadows", ListedShadow), query={"limit": limit})


def derive(coil_id: str, piece_id: str, cuts: Sequence[Cut], name: str | None, heat: str | None, product: str | None) -> Call[Coil]:
    """Record a coil that was cut out of others. Sent again, it changes nothing."""
    known = {"coil_id": piece_id, "name": name, "heat": heat, "product": product}
    body = {**given(known), "cuts": [cut.sent() for cut in cuts]}
    return Call("POST", f"{V1}/coils/{{coil_id}}/derive", record(Coil), {"coil_id": coil_id}, body=body)


def origin(coil_id: str) -> Call[tuple[MadeCut, ...]]:
    return Call("GET", f"{V1}/coils/{{coil_id}}/origin", partial(part, "cuts", MadeCut), {"coil_id": coil_id})


def pieces(coil_id: str) -> Call[tuple[MadeCut, ...]]:
    return Call("GET", f"{V1}/coils/{{coil_id}}/pieces", partial(part, "cuts", MadeCut), {"coil_id": coil_id})


def model() -> Call[Models]:
    return Call("GET", f"{V1}/model", record(Models))


def model_history() -> Call[ModelHistory]:
    return Call("GET", f"{V1}/model/history", record(ModelHistory), query={"limit": 200})


def ask_for_model(file: str, watch: bool) -> Call[Models]:
    """Ask for a model. Sent again after the station went back by itself, it would be tried once more, so it is not repeated by itself."""
    return Call("POST", f"{V1}/model", record(Models), body={"file": file, "watch": watch}, repeatable=False)


def roll_model_back() -> Call[Models]:
    """Go back to the model before. Sent again, it would go one more model back or forth, so it is not repeated by itself."""
    return Call("POST", f"{V1}/model/rollback", record(Models), repeatable=False)
