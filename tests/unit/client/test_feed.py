"""The feed hands out each event once and in order, whatever happens between, and stops where going on would be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp_client import FeedChanged, FeedHole, NotAllowed, NotUnderstood, Unreachable
from skelp_client.exchange import Answer, Send
from skelp_client.lists import Feed
from tests.unit.client.scripted import Outcome, Script, answer, away, problem


def event(seq: int) -> dict[str, Any]:
    return {"seq": seq, "time": "2026-11-26T08:00:00Z", "coil_id": "K1", "kind": "coil.final", "data": {}}


def page(*seqs: int, feed_id: str = "f") -> Answer:
    return answer({"feed_id": feed_id, "events": [event(s) for s in seqs], "last": seqs[-1] if seqs else 0})


def feed(script: Script, after: int = 0, feed_id: str | None = None, *, follow: bool = True) -> Feed:
    return Feed(after, feed_id, script.patience(), follow=follow, wait_s=30)


def taken(script: Script, source: Feed, most: int) -> Iterator[int]:
    for _ in range(most):
        if not source.ready:
            script.run(source.more())
        if not source.ready:
            return
        yield source.take().seq


def test_each_request_asks_after_the_last_event_that_was_taken() -> None:
    script = Script([page(1, 2), page(3)])
    source = feed(script)
    assert list(taken(script, source, 3)) == [1, 2, 3]
    assert (source.after, source.feed_id) == (3, "f")
    asked = [s.call.query for s in script.sent]
    assert [(q["after"], q.get("feed_id")) for q in asked] == [(0, None), (2, "f")]
    assert all(s.timeout_s > 30 for s in script.sent), "the station may wait 30 s before it answers"


def test_what_was_read_and_not_taken_does_not_count() -> None:
    script = Script([page(1, 2, 3)])
    source = feed(script)
    assert list(taken(script, source, 2)) == [1, 2]
    assert source.after == 2


def test_it_outlives_a_station_that_is_away_for_an_hour() -> None:
    def outcome(_step: Send) -> Outcome:
        return page(8) if script.now > 3600 else away()

    script = Script(repeat(outcome))
    source = feed(script, after=7, feed_id="f")
    assert list(taken(script, source, 1)) == [8]
    assert max(script.waited) <= 15
    assert len(script.sent) < 500


def test_a_wait_of_years_is_not_believed() -> None:
    script = Script([problem(503, retry_after=10**9), page(1)])
    assert list(taken(script, feed(script), 1)) == [1]
    assert 0 < script.now < 400


@pytest.mark.parametrize("status", [401, 403])
def test_a_dead_token_stops_it_after_one_request(status: int) -> None:
    script = Script([problem(status)])
    with pytest.raises(NotAllowed):
        list(taken(script, feed(script), 1))
    assert len(script.sent) == 1


@pytest.mark.parametrize("conflict", ["feed_other", "feed_beyond"])
def test_another_database_stops_it(conflict: str) -> None:
    script = Script([problem(409, conflict=conflict)])
    source = feed(script, after=900, feed_id="f")
    with pytest.raises(FeedChanged) as found:
        list(taken(script, source, 1))
    assert found.value.conflict == conflict
    assert (source.after, source.feed_id) == (900, "f"), "a person decides what becomes of it"


@pytest.mark.parametrize(("after", "seqs", "hole"), [(0, (2,), (1, 2)), (4, (5, 7), (6, 7)), (4, (4,), (5, 4)), (0, (1, 1), (2, 1))])
def test_a_missing_or_repeated_number_stops_it_before_anything_is_handed_out(
    after: int, seqs: tuple[int, ...], hole: tuple[int, int]
) -> None:
    script = Script([page(*seqs)])
    source = feed(script, after)
    with pytest.raises(FeedHole) as found:
        script.run(source.more())
    assert (found.value.expected, found.value.found) == hole
    assert not source.ready
    assert source.after == after


def test_events_of_another_feed_are_not_handed_out() -> None:
    script = Script([page(1, feed_id="other")])
    with pytest.raises(NotUnderstood):
        list(taken(script, feed(script, feed_id="f"), 1))


def test_a_station_that_does_not_wait_is_not_asked_without_a_pause() -> None:
    script = Script([page(), page(), page(), page(1)])
    assert list(taken(script, feed(script), 1)) == [1]
    assert len(script.waited) == 3


def test_a_station_that_waited_is_asked_again_at_once() -> None:
    script = Script([page(), page(), page(1)], answering_s=30)
    assert list(taken(script, feed(script), 1)) == [1]
    assert script.waited == []


def test_without_follow_it_ends_at_the_newest_event_and_does_not_wait_for_ever() -> None:
    script = Script([page(1, 2), page()])
    assert list(taken(script, feed(script, follow=False), 9)) == [1, 2]
    assert {s.call.query["wait_s"] for s in script.sent} == {0}
    script = Script(repeat(away()))
    with pytest.raises(Unreachable):
        list(taken(script, feed(script, follow=False), 9))


@pytest.mark.parametrize("wait_s", [0, 61, -1])
def test_a_wait_that_a_station_refuses_is_refused_at_once(wait_s: float) -> None:
    with pytest.raises(ValueError, match="a station waits 1 to 60 s"):
        Feed(0, None, Script([]).patience(), follow=True, wait_s=wait_s)


TROUBLE: list[Outcome] = [away(), away(sent=False), problem(503), problem(429, retry_after=2), Answer(502, {}, b"")]


@given(
    total=st.integers(1, 40),
    pages=st.lists(st.integers(0, 5), max_size=60),
    trouble=st.lists(st.sampled_from([None, *TROUBLE]), max_size=60),
    stops=st.sets(st.integers(1, 40)),
)
def test_whatever_fails_and_wherever_the_program_stops_every_event_comes_once(
    total: int, pages: list[int], trouble: list[Outcome | None], stops: set[int]
) -> None:
    """The station answers with pages of any size between failures; the program starts again from what it stored."""
    sizes, faults = iter(pages), iter(trouble)

    def outcome(step: Send) -> Outcome:
        if (fault := next(faults, None)) is not None:
            return fault
        after = int(step.call.query["after"])
        return page(*range(after + 1, min(total, after + next(sizes, 3)) + 1))

    script = Script(repeat(outcome))
    got: list[int] = []
    source = feed(script)
    while len(got) < total:
        got += taken(script, source, 1)
        if len(got) in stops:
            source = feed(script, source.after, source.feed_id)
    assert got == list(range(1, total + 1))


def test_of_some_kinds_the_others_lie_between_and_count_as_read() -> None:
    def kinds(*seqs: int, last: int) -> Answer:
        return answer({"feed_id": "f", "events": [event(s) for s in seqs], "last": last})

    script = Script([kinds(2, 5, last=9), kinds(last=12), kinds(13, last=13)], answering_s=30)
    source = Feed(0, None, script.patience(), follow=True, wait_s=30, kinds={"coil.final", "coil.changed"})
    assert list(taken(script, source, 3)) == [2, 5, 13]
    assert [s.call.query["after"] for s in script.sent] == [0, 5, 12]
    assert script.sent[0].call.query["kinds"] == "coil.changed,coil.final"


@pytest.mark.parametrize("seqs", [(2, 2), (5, 4), (0,)])
def test_events_of_some_kinds_that_go_backwards_are_a_hole(seqs: tuple[int, ...]) -> None:
    script = Script([page(*seqs)])
    source = Feed(0, None, script.patience(), follow=True, wait_s=30, kinds={"coil.final"})
    with pytest.raises(FeedHole):
        list(taken(script, source, 2))


def test_an_older_station_that_gives_all_kinds_is_understood() -> None:
    started = answer({"feed_id": "f", "events": [event(3) | {"kind": "coil.started"}, event(4)], "last": 4})
    script = Script([page(1, 2), started], answering_s=30)
    source = Feed(0, None, script.patience(), follow=True, wait_s=30, kinds={"coil.started"})
    assert list(taken(script, source, 1)) == [3]
    assert [s.call.query["after"] for s in script.sent] == [0, 2]
