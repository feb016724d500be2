"""What a peer causes a thousand times a second is logged a few times, with how often it was not."""

from __future__ import annotations

import logging

import pytest
from structlog.testing import capture_logs

from skelp_languages.seldom import EVERY_S, Seldom, SeldomRecords


def test_the_first_few_of_each_kind_are_logged_and_then_one_a_minute() -> None:
    now = [0.0]
    seldom = Seldom(lambda: now[0])
    with capture_logs() as logged:
        for n in range(1000):
            seldom.warning("unknown", code=n)
        seldom.warning("another", code=1)
    assert [(entry["event"], entry["code"]) for entry in logged] == [*(("unknown", n) for n in range(5)), ("another", 1)]
    assert all("left_out" not in entry for entry in logged)
    for minute in (1, 2):
        now[0] = minute * EVERY_S
        with capture_logs() as logged:
            for n in range(10):
                seldom.warning("unknown", code=n)
        assert [(entry["code"], entry["left_out"]) for entry in logged] == [(0, 995 if minute == 1 else 9)]


def test_a_library_that_logs_by_itself_does_so_seldom(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    noisy = logging.getLogger("tests.noisy")
    noisy.addFilter(SeldomRecords(lambda: now[0]))
    for n in range(101):
        now[0] = EVERY_S * (n == 100)
        noisy.error("fault %s", n)
    assert [r.getMessage() for r in caplog.records] == [
        *(f"fault {n}" for n in range(5)),
        "fault 100 (and 95 more since the last one that was logged)",
    ]
