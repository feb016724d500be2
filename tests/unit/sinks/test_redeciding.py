"""Deciding on many coils again while their station writes, and while somebody else decides."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from skelp.domain.coverage import Interval, State
from skelp.domain.decision import Decision
from skelp.domain.events import Kind
from skelp.domain.models import KnownModel
from skelp.domain.queries import EVERY_COIL
from skelp.domain.recipe import NEVER, Recipe
from skelp.domain.rules import Rule
from skelp.sinks.sql import Database, open_redeciding
from tests.fakes import coil, defect
from tests.unit.sinks.conftest import ME
from tests.unit.sinks.test_queries import statements

COILS = 30


def fill(database: Database) -> None:
    first = Recipe()
    with database.writer.transaction() as change:
        change.add_model(KnownModel("1" * 64, ("scratch",)))
        for n in range(COILS):
            change.add_coil(coil(f"K{n}", recipe_sha256=first.sha256, recipe_name=first.name, model_sha256="1" * 64))
            change.record_interval(f"K{n}", "cam", Interval(0, 50_000, State.INSPECTED))
            change.add_defects([defect(1, coil_id=f"K{n}", defect_id=f"K{n}-000001")])
            change.complete_coil(f"K{n}")


def test_two_who_decide_and_a_station_that_writes_wait_for_each_other_and_lose_nothing(url: str) -> None:
    with Database(url, Recipe(), ME) as database:
        fill(database)

        def decide(name: str) -> int:
            added = 0
            for n, then in enumerate((Decision.DOWNGRADE, Decision.SCRAP, Decision.HOLD)):
                asked = Recipe(f"{name} {n}", hold_from_severity=NEVER, rules=(Rule("any", then),))
                with open_redeciding(url, "test", asked) as records:
                    added += sum(records.record(batch, name, "") for batch in records.decided(EVERY_COIL, ()))
            return added

        def write() -> int:
            for n in range(COILS):
                with database.writer.transaction() as change:
                    change.change_coil(f"K{n}", heat=f"H{n}")
                    change.add_override(f"K{n}", Decision.HOLD, "kim", "looked at it")
            return COILS

        with ThreadPoolExecutor(3) as pool:
            one, other, written = (job.result(60) for job in [pool.submit(decide, "one"), pool.submit(decide, "other"), pool.submit(write)])
        events = database.reader.events(after=0, limit=10_000)
        assert [e.seq for e in events] == list(range(1, len(events) + 1))
        revised = [e for e in events if e.payload.kind is Kind.COIL_REVISED]
        assert len(revised) == one + other
        assert sum(e.payload.kind is Kind.COIL_DECIDED for e in events) == written
        for n in range(COILS):
            found = database.reader.decisions(f"K{n}")
            assert [r.number for r in found] == list(range(1, len(found) + 1))
            assert len(found) == 1 + sum(e.coil_id == f"K{n}" for e in revised)


def test_the_rows_of_coils_are_read_once_a_batch(url: str) -> None:
    asked = Recipe("other", hold_from_severity=NEVER, rules=(Rule("any", Decision.SCRAP),))
    with Database(url, Recipe(), ME) as database:
        fill(database)
        with open_redeciding(url, "test", asked) as records, statements() as executed:
            assert sum(len(batch) for batch in records.decided(EVERY_COIL, ())) == COILS
    assert sum("FROM coils" in statement for statement in executed) == 2, "the batch, and none that follows"
