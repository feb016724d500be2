"""Old defects and events are deleted by rule, a few at a time; what is gone is never an empty list or a clean coil."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from skelp.domain.coverage import Interval, State
from skelp.domain.decision import Decision
from skelp.domain.deleted import DeletedError
from skelp.domain.errors import SkelpError
from skelp.domain.events import Kind, OpticsReference
from skelp.domain.queries import DefectQuery
from skelp.domain.reasons import CoilDefectsDeleted, RecordsLocked
from skelp.domain.recipe import Recipe
from skelp.domain.review import Verdict
from skelp.ports import RecordChanges
from skelp.sinks import retention
from skelp.sinks.retention import Retention, Rules
from skelp.sinks.sql import Database
from tests.fakes import coil, defect
from tests.unit.sinks.conftest import ME

NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=365.25 * 5 + 1)
RULES = Rules(defects_years=5, events_years=1)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PAUSE_S", 0.0)
    monkeypatch.setattr(retention, "AT_ONCE", 3)


def fill(database: Database, coil_id: str, *, severities: tuple[int, ...] = (1, 1, 2, 1, 0), final: bool = True) -> None:
    with database.writer.transaction() as change:
        change.add_coil(coil(coil_id))
        change.record_interval(coil_id, "cam", Interval(0, 1_000_000, State.INSPECTED))
        found = [replace(defect(n, coil_id=coil_id, defect_id=f"{coil_id}-{n:06d}"), severity=s) for n, s in enumerate(severities, 1)]
        change.add_defects(found)
        if found:
            change.add_review(f"{coil_id}-000001", Verdict.CONFIRMED, "kim", None, "")
        if final:
            change.end_coil(coil_id)
            change.complete_coil(coil_id)


def apply(database: Database, rules: Rules, at: datetime = LATER) -> None:
    Retention(database.reader, database.writer, rules).apply(at)


def kinds(database: Database) -> list[str]:
    return [e.payload.kind.value for e in database.reader.events(after=0, limit=1000)]


def test_a_coil_keeps_its_decision_and_counts_and_says_that_its_defects_were_deleted(database: Database) -> None:
    reader = database.reader
    fill(database, "K1")
    fill(database, "K2", severities=())
    before, clean = reader.summary(reader.coil("K1")), reader.summary(reader.coil("K2"))
    apply(database, RULES)
    after = reader.summary(reader.coil("K1"))
    assert (after.decision, after.tally, after.totals) == (before.decision, before.tally, before.totals)
    assert after.reasons == [*before.reasons, CoilDefectsDeleted(4, 1)]
    assert after.coil.revision > before.coil.revision, "a client that has the coil reads it again"
    assert reader.summary(reader.coil("K2")) == clean, "a coil without defects is as it was"
    assert reader.defects("K2", DefectQuery()) == []
    for call in (
        lambda: reader.defects("K1", DefectQuery()),
        lambda: reader.standing_reviews("K1", after=0, limit=9),
        lambda: reader.reviews(coil_id="K1"),
        lambda: reader.defect("K1-000001"),
        lambda: reader.standing_review("K1-000001"),
    ):
        with pytest.raises(DeletedError) as caught:
            call()
        assert caught.value.reason == CoilDefectsDeleted(4, 1)
    with pytest.raises(LookupError):
        reader.defect("K2-000001")
    assert reader.reviews() == []


def test_deleting_goes_on_where_it_ended_and_a_coil_never_looks_clean_meanwhile(database: Database) -> None:
    reader = database.reader
    fill(database, "K1")
    tally = reader.summary(reader.coil("K1")).tally
    for expected in (2, 2, 1, 0):
        with database.writer.transaction() as change:
            assert change.delete_defects("K1", 2, "2021-01-01T00:00:00Z") == expected
        summary = reader.summary(reader.coil("K1"))
        assert summary.tally == tally
        assert summary.reasons.count(CoilDefectsDeleted(4, 1)) == 1
        with pytest.raises(DeletedError):
            reader.defects("K1", DefectQuery())


def test_only_what_is_older_than_its_rule_is_deleted(database: Database) -> None:
    fill(database, "K1")
    fill(database, "K2", final=False)
    events = database.reader.newest_event()
    year = timedelta(days=365.25)
    for rules, at in ((RULES, NOW + 0.9 * year), (Rules(), LATER), (Rules(defects_years=5), NOW + 4.9 * year)):
        apply(database, rules, at)
        assert len(database.reader.defects("K1", DefectQuery(marks=True))) == 5
        assert database.reader.newest_event() == events
        assert len(kinds(database)) == events
    apply(database, Rules(defects_years=5), LATER)
    assert len(database.reader.defects("K2", DefectQuery(marks=True))) == 5, "the coil still runs"
    assert kinds(database)[-1] == "defects.deleted"
    assert len(kinds(database)) == events + 1


def test_the_newest_event_and_the_numbers_of_the_feed_stay(database: Database) -> None:
    for _ in range(10):
        with database.writer.transaction() as change:
            change.publish(OpticsReference())
    apply(database, RULES)
    left = database.reader.events(after=0, limit=100)
    assert [(e.seq, e.payload.kind.value) for e in left] == [(10, "optics.reference"), (11, "events.deleted")]
    assert database.reader.newest_event() == 11
    apply(database, RULES, NOW - timedelta(days=9999))
    assert len(database.reader.events(after=0, limit=100)) == 2


def test_what_was_deleted_is_published(database: Database) -> None:
    fill(database, "K1")
    fill(database, "K2")
    apply(database, Rules(defects_years=5))
    published = [e for e in database.reader.events(after=0, limit=100) if e.payload.kind is Kind.DEFECTS_DELETED]
    assert [(e.coil_id, e.payload.data | {"before": ""}) for e in published] == [
        (coil_id, {"defects": 5, "reviews": 1, "before": ""}) for coil_id in ("K1", "K2")
    ]


class Counting:
    """A writer that notes how many events there are before each transaction. It fails after `good` transactions."""

    def __init__(self, database: Database, good: int = 10**6) -> None:
        self._database, self.good = database, good
        self.seen: list[int] = []

    @contextmanager
    def transaction(self) -> Iterator[RecordChanges]:
        if not self.good:
            raise SkelpError("locked", RecordsLocked(30.0))
        self.good -= 1
        self.seen.append(len(kinds(self._database)))
        with self._database.writer.transaction() as change:
            yield change


def test_a_transaction_deletes_a_few_rows_only(database: Database) -> None:
    for _ in range(20):
        with database.writer.transaction() as change:
            change.publish(OpticsReference())
    writer = Counting(database)
    Retention(database.reader, writer, Rules(events_years=1)).apply(LATER)
    assert (writer.seen[0], writer.seen[-1]) == (20, 3)
    assert all(0 <= before - after <= 3 for before, after in pairwise(writer.seen))


def test_a_thread_deletes_while_the_line_writes_and_ends_with_the_station(database: Database) -> None:
    old = Rules(events_years=0.1)
    for _ in range(40):
        with database.writer.transaction() as change:
            change.publish(OpticsReference())
    later = type("Later", (datetime,), {"now": classmethod(lambda cls, zone: LATER)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retention, "datetime", later)
        with Retention(database.reader, database.writer, old):
            while database.reader.events(after=0, limit=1)[0].seq <= 39:
                with database.writer.transaction() as change:
                    change.publish(OpticsReference())
    assert "retention" not in {t.name for t in threading.enumerate()}
    numbers = [e.seq for e in database.reader.events(after=0, limit=10_000)]
    assert numbers == list(range(numbers[0], database.reader.newest_event() + 1))
    assert numbers[0] > 39


def test_a_database_that_fails_is_logged_and_the_thread_stays(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(database, "K1")
    monkeypatch.setattr(retention, "EVERY_S", 0.001)
    later = type("Later", (datetime,), {"now": classmethod(lambda cls, zone: LATER)})
    monkeypatch.setattr(retention, "datetime", later)
    told = threading.Semaphore(0)
    monkeypatch.setattr(retention.log, "warning", lambda *a, **k: told.release())
    writer = Counting(database, good=0)
    with Retention(database.reader, writer, Rules(defects_years=5)):
        told.acquire()
        told.acquire()
        writer.good = 100
        while "defects.deleted" not in kinds(database):
            pass
    assert database.reader.summary(database.reader.coil("K1")).reasons[-1] == CoilDefectsDeleted(4, 1)


def test_without_rules_there_is_no_thread(database: Database) -> None:
    with Retention(database.reader, database.writer, Rules()):
        assert "retention" not in {t.name for t in threading.enumerate()}


def test_a_deleted_coil_is_so_after_a_restart(url: str) -> None:
    with Database(url, Recipe(), ME) as database:
        fill(database, "K1")
        apply(database, RULES)
    with Database(url, Recipe(), ME) as database, database.writer.transaction() as change:
        assert change.close_interrupted() == []
        assert database.reader.summary(database.reader.coil("K1")).decision is Decision.ACCEPT
