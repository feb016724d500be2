"""The client against a station's server: decisions, recipes, series and stretches, pieces, models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from skelp.domain import alone as domain
from skelp.domain.coilmap import Tally
from skelp.domain.decision import Decision
from skelp.domain.models import ModelsStatus
from skelp.domain.reasons import CoilSevereDefects
from skelp.domain.shadow import ModelVerdict, ShadowResult
from skelp.domain.status import ModelId
from skelp.domain.strip import Side
from skelp.recipe_shelf import RecipeShelf
from skelp_client import Alone, AsyncStation, CodesNamed, Cut, DefectCodes, LoneDefect, NotFound, Station, StationError, Unreachable
from skelp_client.decision_calls import override
from skelp_client.exchange import exchange
from tests.fakes import coil, defect
from tests.station_server import OneModel, StationServer
from tests.unit.api.test_decisions import STRICT
from tests.unit.api.test_decisions import final_coil as decided_coil
from tests.unit.api.test_periodic import SERIES
from tests.unit.api.test_pieces import final_coil as coil_of_20_m
from tests.unit.client.scripted import Script, away
from tests.unit.domain.test_common_codes import CODES

ALONE = domain.Alone(1, (domain.LoneDefect("scratch", 2, 0.9, Side.TOP, 1.0, 2.0, 3.0, 4.0, 5.0),))
OLD, NEW = ModelId("net", "1", "1" * 64), ModelId("net", "2", "2" * 64)


@pytest.fixture
def strict(server: StationServer, tmp_path: Path) -> str:
    """The station has the recipe `strict` too. Returns its text."""
    (tmp_path / "strict.toml").write_text(STRICT)
    shelf = RecipeShelf(tmp_path / "recipe.toml", [tmp_path / "strict.toml"])
    server.recipes._held, server.recipes._book = shelf._held, shelf._book
    return STRICT


@pytest.mark.usefixtures("strict")
def test_a_recipe_decides_again_and_then_a_person_otherwise(server: StationServer, station: Station) -> None:
    decided_coil(server)
    assert station.coil("C1").stands == "accept"
    again = station.decide_again("C1", "strict", note="order 7", operator="lee")
    assert (again.number, again.decision, again.operator) == (2, "downgrade", "lee")
    assert station.decide_again("C1", "strict", operator="kim") == again, "it says so already"
    assert [r.number for r in station.decisions("C1")] == [1, 2]
    explained = station.explain_decision("C1", 2)
    assert explained.same
    assert [(f.then, f.defect_ids) for f in explained.findings if f.defects] == [("downgrade", ("C1-000001",))]
    assert station.override("C1", "hold", "the customer says no", operator="kim").stands == "hold"
    (given,) = station.overrides("C1")
    assert (given.decision, given.operator, given.note) == ("hold", "kim", "the customer says no")
    assert station.coil("C1").revised == again
    with pytest.raises(NotFound):
        station.explain_decision("C1", 3)
    with pytest.raises(StationError) as found:
        station.override("C1", "accept", "nobody signs")
    assert found.value.status == 422


def test_a_recipe_is_tried_and_then_changed_unless_somebody_else_did(server: StationServer, station: Station, strict: str) -> None:
    decided_coil(server)
    first, second = station.recipes()
    assert (first.default, second.name, second.products) == (True, "strict", ("DC04", "DX5*"))
    preview = station.preview_recipe(strict, newest=5)
    assert (preview.coils, preview.was, preview.now) == (1, {"accept": 1}, {"downgrade": 1})
    assert [(c.coil_id, c.was, c.now) for c in preview.changed] == [("C1", "accept", "downgrade")]
    assert station.preview_recipe(strict, recipe="none").coils == 0
    changed = station.change_recipe("strict", strict.replace("= 2", "= 3"), instead_of=second.text_sha256, note="by order", operator="kim")
    assert changed.sha256 != second.sha256
    with pytest.raises(StationError) as found:
        station.change_recipe("strict", strict, instead_of=second.text_sha256, operator="lee")
    assert found.value.conflict == "recipe_changed"
    with pytest.raises(StationError) as found:
        station.preview_recipe("nonsense")
    assert [f.where for f in found.value.faults] == ["body.toml"]


def test_the_codes_of_a_coil_are_read_by_their_hash(server: StationServer, station: Station) -> None:
    with server.writer.transaction() as change:
        change.add_codes(CODES)
        change.add_coil(coil("C1", codes_name=CODES.name, codes_version=CODES.version, codes_sha256=CODES.sha256))
        change.add_defects([CODES.on(defect(1))])
    named = station.coil("C1").codes
    assert named == CodesNamed("mill", "1", CODES.sha256)
    assert [d.codes for d in station.defects("C1")] == [station.defect("C1-000001").codes] == [DefectCodes("210", "SURF-SCR")]
    kept = station.kept_codes(named.sha256)
    assert (kept.version, kept.classes["scratch"].text["ko"], kept.of("patch")) == ("1", "스크래치", None)
    assert station.coil("C1").codes


def test_series_and_heavy_stretches_are_records(server: StationServer, station: Station) -> None:
    small = {"length_mm": 10.0, "width_mm": 4.0, "side": Side.TOP}
    with server.writer.transaction() as change:
        change.add_coil(coil("C1"))
        change.record_periodic(SERIES)
        change.add_defects([defect(n, defect_id=f"C1-{n:06d}", along_mm=5000.0 + 50 * n, **small) for n in range(100)])
    (series,) = station.periodic("C1")
    assert (series.period_mm, series.rolls, series.reason.code) == (2287.4, ("work roll, stand 5", "deflector"), "roll.marks")
    (stretch,) = station.stretches("C1")
    assert (stretch.class_name, stretch.defects, stretch.by_class) == ("scratch", 100, {"scratch": 100})


def test_a_seam_is_told_once_where_it_was_and_is_among_the_states(server: StationServer, station: Station) -> None:
    station.announce("C1")
    server.expose(0, 8000)
    told = station.tell_state("C1", "weld_seam", 3)
    assert (told.state, told.by, told.from_m, told.to_m, told.duration_s) == ("weld_seam", "mes", 2.75, 3.25, None)
    assert station.tell_state("C1", "weld_seam", 3) == told, "again, as after a timeout"
    assert station.tell_state("C1", "stopped").from_m == 8.0
    assert [(s.state, s.inspected_m) for s in station.states("C1")] == [("weld_seam", 0.5), ("stopped", 0.0)]


def test_a_piece_is_derived_once_and_both_coils_know(server: StationServer, station: Station) -> None:
    coil_of_20_m(server, "M1")
    cuts = [Cut(from_m=2.0, to_m=9.5, head_to_tail=True, turned_over=True, trimmed_operator_mm=5), Cut(recorded=False, to_m=3.0)]
    piece = station.derive("M1", "P1", cuts, heat="H1")
    assert (piece.status, piece.heat, piece.length_m) == ("final", "H1", 10.5)
    assert station.derive("M1", "P1", cuts, heat="H1") == piece, "again, as after a timeout"
    first, leader = station.origin("P1")
    assert (first.coil_id, first.from_m, first.to_m, first.head_to_tail, first.width_mm) == ("M1", 2.0, 9.5, True, 1245.0)
    assert (leader.coil_id, leader.piece_from_m, leader.width_mm) == (None, 7.5, None)
    assert station.pieces("M1") == (first,)
    assert station.origin("M1") == ()
    with pytest.raises(StationError) as found:
        station.derive("M1", "P1", cuts[:1])
    assert found.value.conflict == "coil_differs"


def test_models_are_asked_for_and_a_shadow_is_read(server: StationServer, station: Station) -> None:
    switch = server.services.models
    assert isinstance(switch, OneModel)
    switch.now = ModelsStatus(OLD, NEW, OLD, None, None, ("new.onnx",))
    found = station.model()
    assert (found.running.version, found.chosen.version, found.files) == ("1", "2", ("new.onnx",))
    assert station.ask_for_model("new.onnx", watch=False) == found
    assert switch.asked == [("new.onnx", False)]
    with pytest.raises(StationError) as refused:
        station.roll_model_back()
    assert refused.value.conflict == "no_model_before"
    assert station.model_history().choices == ()
    verdicts = [ModelVerdict(m, Tally({"scratch": n}, {2: n}), d, r) for m, n, d, r in (
        (OLD, 1, Decision.ACCEPT, ()), (NEW, 2, Decision.SCRAP, (CoilSevereDefects(2, 3),))
    )]  # fmt: skip
    with server.writer.transaction() as change:
        change.add_coil(coil("C1"))
        change.add_shadow(ShadowResult("C1", 200, 60, verdicts[0], replace(verdicts[1], alone=ALONE)))
    shadow = station.shadow("C1")
    assert (shadow.agree, shadow.seen_share, shadow.second.decision, shadow.second.by_severity) == (False, 0.3, "scrap", {"2": 2})
    (listed,) = station.shadows()
    assert (listed.name, listed.second, listed.second.alone) == (
        "C1",
        shadow.second,
        Alone(1, (LoneDefect("scratch", 2, 0.9, "top", 1.0, 2.0, 3.0, 4.0, 5.0),)),
    )
    assert listed.first.alone is None
    with pytest.raises(NotFound):
        station.shadow("C2")


def test_a_decision_of_a_person_is_not_sent_twice() -> None:
    script = Script([away(sent=True)])
    with pytest.raises(Unreachable):
        script.run(exchange(override("C1", "accept", "good", None), script.patience()))
    (sent,) = script.sent
    assert sent.call.body == {"decision": "accept", "note": "good"}, "who has a token signs with it"


@pytest.mark.usefixtures("strict")
def test_the_client_for_asyncio_makes_the_same_calls(server: StationServer, station: Station) -> None:
    decided_coil(server)
    station.decide_again("C1", "strict", operator="lee")

    async def asked() -> tuple[Any, ...]:
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=server.app))
        async with AsyncStation("http://localhost", http=http, retry_s=0) as it:
            return (
                await it.decisions("C1"),
                await it.explain_decision("C1", 2),
                await it.overrides("C1"),
                await it.recipes(),
                await it.preview_recipe(STRICT),
                await it.periodic("C1"),
                await it.stretches("C1"),
                await it.states("C1"),
                await it.origin("C1"),
                await it.pieces("C1"),
                await it.model(),
            )

    same = (
        station.decisions("C1"),
        station.explain_decision("C1", 2),
        station.overrides("C1"),
        station.recipes(),
        station.preview_recipe(STRICT),
        station.periodic("C1"),
        station.stretches("C1"),
        station.states("C1"),
        station.origin("C1"),
        station.pieces("C1"),
        station.model(),
    )
    assert anyio.run(asked) == same
