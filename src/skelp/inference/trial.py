"""Settles what `auto` means: tries the providers and precisions that this machine has on the model itself (ADR 24)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from skelp.domain.errors import SkelpError
from skelp.inference.engine import MODEL, Engine, Shape, network_of, open_network, warm_up
from skelp.inference.machine import machine_for
from skelp.inference.model_file import ModelFile
from skelp.inference.providers import Candidate, Precision, candidates, choose, without
from skelp.inference.trial_file import Conditions, TrialFile

_TRIAL_S = 1.0
"""How long all candidates run together, without the time to open them."""
_MOST_RUNS = 10
"""Runs of a candidate. Small frames need no longer trial."""
_AS_FAST = 0.9
"""A share of the highest speed that is as good: a trial is not more exact, and the same choice at each trial is worth more."""

Clock = Callable[[], float]


class Tried(NamedTuple):
    """What was found of a candidate: its speed in MPix/s, or why it cannot open or run the model."""

    candidate: Candidate
    mpix_per_s: float = 0.0
    fault: str = ""


def settled(
    model: ModelFile,
    engine: Engine,
    shape: Shape,
    report: Callable[[str], None] = lambda _: None,
    *,
    clock: Clock = time.perf_counter,
) -> Engine:
    """The same engine with a provider and a precision in place of `auto`, and why.

    If this machine has several, each runs the whole network on frames of this shape, and the fastest is taken. The result is stored in
    the engine's cache, so the next start takes the same one without a trial. An engine that is settled stays as it is. Raises SkelpError
    if the provider or precision that was asked for cannot be used, or if none can run the model.
    """
    if engine.why:
        return engine
    found = candidates(engine.provider, Precision(engine.precision))
    if len(found) == 1:
        return _with(engine, found[0], choose(engine.provider).why)
    conditions = Conditions(
        model=model.sha256,
        shape=shape,
        threads=engine.threads_used,
        candidates=tuple(map(str, found)),
        machine={str(c.provider): machine_for(c.provider) for c in found},
    )
    file = TrialFile(engine.cache / "trials", conditions)
    with file.alone():  # two trials at once would measure each other
        if (stored := file.read()) is not None:
            tried = [Tried(c, stored.mpix_per_s[str(c)]) for c in found]
            return _with(engine, *_fastest(engine, tried, f"in a trial on {stored.on}"))
        report(f"trying {', '.join(map(str, found))} on the model, about {_TRIAL_S:g} s")
        tried = _try(model, engine, found, shape, report, clock)
        if not any(t.fault for t in tried):  # what failed may work at the next start
            try:
                file.write({str(t.candidate): t.mpix_per_s for t in tried})
            except SkelpError as error:
                report(f"the next start tries again: {error}")
    return _with(engine, *_fastest(engine, tried, "in a trial"))


def _with(engine: Engine, candidate: Candidate, why: str) -> Engine:
    return replace(engine, provider=candidate.provider.value, precision=candidate.precision.value, why=why)


def _fastest(engine: Engine, tried: Sequence[Tried], when: str) -> tuple[Candidate, str]:
    """The fastest candidate and why it was taken; the first of those that are about as fast. Raises SkelpError if all failed."""
    ran = [t for t in tried if not t.fault]
    failed = "".join(f"; {t.candidate} failed: {t.fault}" for t in tried if t.fault)
    if not ran:
        raise SkelpError(f"no provider can run the model{failed}; run skelp doctor")
    best = max(t.mpix_per_s for t in ran)
    first = next(t for t in ran if t.mpix_per_s >= _AS_FAST * best)
    others = [f"{t.candidate} {t.mpix_per_s:.1f} MPix/s" for t in ran if t is not first]
    speeds = ", ".join([f"{first.mpix_per_s:.1f} MPix/s", *others])
    asked = "auto" if engine.provider == "auto" else "provider requested, precision auto"
    return first.candidate, f"{asked}: {speeds} {when}{failed}{without(first.candidate.provider)}"


def _try(
    model: ModelFile, engine: Engine, found: Sequence[Candidate], shape: Shape, report: Callable[[str], None], clock: Clock
) -> list[Tried]:
    """One after the other: a second session would disturb the first, because threads of ONNX Runtime go on for a moment after a run."""
    tried: list[Tried] = []
    for candidate in found:
        try:
            speed = _speed(model, _with(engine, candidate, "trial"), shape, report, _TRIAL_S / len(found), clock)
            tried.append(Tried(candidate, speed))
        except SkelpError as error:
            tried.append(Tried(candidate, fault=str(error)))
    return tried


def _speed(model: ModelFile, engine: Engine, shape: Shape, report: Callable[[str], None], seconds: float, clock: Clock) -> float:
    """MPix/s in the fastest of the runs that fit into `seconds`, at least one. Raises SkelpError if the network cannot be opened or run."""
    session, _ = open_network(network_of(model), engine, shape, report)
    frames = np.full(shape, 100, np.uint8)

    def run() -> float:
        start = clock()
        session.run(None, {"frames": frames})
        return clock() - start

    warm_up(MODEL, engine.provider, shape, lambda _: run())
    best, begin = float("inf"), clock()
    for _ in range(_MOST_RUNS):
        best = min(best, run())
        if clock() - begin >= seconds:
            break
    return frames.size / 1e6 / max(best, 1e-9)
