"""Two networks are compared on the same frames, in turn, by their shortest runs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import pytest

from skelp.domain.strip import Block
from skelp.swapping.timing import LEAST_ROUNDS, MOST_ROUNDS, blocks_to_time, refused_as_slower
from tests.unit.swapping.conftest import VIEWS


class Taking:
    """A network each of whose runs takes a given time on the clock `now`."""

    now = 0.0

    def __init__(self, name: str, order: list[str], *seconds: float) -> None:
        self._name, self._order, self._seconds = name, order, cycle(seconds)

    def at(self, blocks: Sequence[Block], *, hurried: bool) -> list[Any]:
        assert not hurried
        self._order.append(self._name)
        Taking.now += next(self._seconds)
        return [None for _ in blocks]


LATE = (*[0.2] * 20, 0.12)
"""Runs of a network that is disturbed for a long time."""


@pytest.mark.parametrize(("new_s", "rounds"), [((0.12, 0.9), LEAST_ROUNDS), ((0.125,), LEAST_ROUNDS), (LATE, 21), ((0.13,), MOST_ROUNDS)])
def test_the_shortest_run_counts(new_s: tuple[float, ...], rounds: int) -> None:
    order: list[str] = []
    new, on_line = Taking("new", order, *new_s), Taking("on line", order, 0.3, 0.1, 0.1)
    waits = list[None]()
    why = refused_as_slower(new, on_line, [], 1.2501, lambda: waits.append(None), lambda: Taking.now)  # type: ignore[arg-type]
    assert (why is not None) is (rounds == MOST_ROUNDS)
    assert order == (["on line", "new", "new", "on line"] * rounds)[: 2 * rounds]
    assert len(waits) == 2 * rounds
    if why is not None:
        assert [why.ms, why.on_line_ms] == pytest.approx([130, 100])


def test_there_is_a_block_of_each_camera() -> None:
    blocks = blocks_to_time(VIEWS, 96, 16)
    assert [(b.camera, b.lines, b.pixels.shape) for b in blocks] == [("a", 64, (96, 64)), ("b", 64, (96, 64))]
    assert blocks[0].pixels.std() > 0
