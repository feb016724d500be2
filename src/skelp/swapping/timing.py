"""Compares the speed of two networks side by side, on the same frames and under the same load of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from skelp.domain.reasons import ModelSlower
from skelp.domain.strip import Block, CameraView, CoilLine, round_up
from skelp.inference.card import STEP
from skelp.model import strip_to_compare
from skelp.pipeline.looking import Looking

LEAST_ROUNDS, MOST_ROUNDS = 7, 40
"""Other work on the machine makes runs up to twice as long. A model is accepted after the least rounds, and refused after the most."""
Clock = Callable[[], float]


def blocks_to_time(views: Sequence[CameraView], height: int, context: int) -> list[Block]:
    """One block of each camera, of simulated strip with defects: a screen passes something on, as on real steel."""
    width = round_up(max(v.width for v in views), STEP)
    own = height - 2 * context
    return [
        Block("", view.camera, CoilLine(0), own, context, context, context, frame[0, 0], 0, view.width)
        for view, frame in zip(views, strip_to_compare(len(views), height, width), strict=True)
    ]


def refused_as_slower(
    new: Looking,
    on_line: Looking,
    blocks: Sequence[Block],
    most: float,
    wait: Callable[[], None],
    clock: Clock = time.perf_counter,
) -> ModelSlower | None:
    """The reason if the new network takes more than `most` times as long as the one on the line; None if it does not.

    They run in turn, each first every other time, so that both have the same load beside them. The shortest of their runs counts. `wait` is
    called before each run, and returns when the line has time for it.
    """
    best = dict.fromkeys((new, on_line), float("inf"))
    for done in range(MOST_ROUNDS):
        if done >= LEAST_ROUNDS and best[new] <= most * best[on_line]:
            return None
        for network in ((on_line, new), (new, on_line))[done % 2]:
            wait()
            started = clock()
            list(network.at(blocks, hurried=False))
            best[network] = min(best[network], clock() - started)
    if best[new] <= most * best[on_line]:
        return None
    return ModelSlower(round(best[new] * 1000, 3), round(best[on_line] * 1000, 3), most)
