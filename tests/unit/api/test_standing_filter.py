"""GET /coils?stands= agrees with what each coil's record says, on both databases."""

from __future__ import annotations

from itertools import product

from skelp.domain.coverage import Interval, State
from skelp.domain.decision import Decision
from skelp.domain.reasons import CoilDerived, FrameDropped
from skelp.domain.recipe import Recipe
from skelp.domain.ruling import Finding, Ruling
from tests.fakes import coil
from tests.station_server import V1, StationServer


def test_a_filter_by_what_stands_agrees_with_the_records(each_server: StationServer) -> None:
    """Each of skelp's decisions with and without another one by a recipe and by a person, and coils that are not final."""
    for n, (again, person) in enumerate(product((None, *Decision), (None, *Decision))):
        with each_server.writer.transaction() as change:
            change.add_coil(coil(f"K{n}"))
            change.record_interval(
                f"K{n}", "cam", Interval(0, 1000, State.LOST if n % 2 else State.INSPECTED, FrameDropped() if n % 2 else None)
            )
            change.complete_coil(f"K{n}")
            if again is not None:
                finding = Finding(CoilDerived(f"{n}"), again)
                change.add_rulings({f"K{n}": Ruling((finding,))}, Recipe("another"), "lee", "")
            if person is not None:
                change.add_override(f"K{n}", Decision.HOLD, "kim", "not yet sure")
                change.add_override(f"K{n}", person, "kim", "now it is clear")
    with each_server.writer.transaction() as change:
        change.add_coil(coil("running"))
    every = each_server.client.get(f"{V1}/coils", params={"limit": 500}).json()["coils"]
    for decision in Decision:
        found = each_server.client.get(f"{V1}/coils", params={"stands": decision.value, "limit": 500}).json()["coils"]
        stands = [c["coil_id"] for c in every if (c["override"] or c["revised"] or c)["decision"] == decision.value]
        assert [c["coil_id"] for c in found] == stands
        assert len(stands) > 4
