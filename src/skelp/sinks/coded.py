"""Gives defects their common codes on their way to a sink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skelp.domain.common_codes import CommonCodes
from skelp.domain.outcome import Outcome
from skelp.ports import Sink


class CodedSink:
    """Satisfies ports.Sink: a sink that gets every defect with its codes."""

    def __init__(self, sink: Sink, codes: CommonCodes) -> None:
        self._sink, self._codes = sink, codes

    def write(self, outcomes: Sequence[Outcome]) -> None:
        self._sink.write([self._coded(o) if o.defects else o for o in outcomes])

    def close(self) -> None:
        self._sink.close()

    def _coded(self, outcome: Outcome) -> Outcome:
        return replace(outcome, defects=tuple(map(self._codes.on, outcome.defects)))


def coded(sink: Sink, codes: CommonCodes | None) -> Sink:
    """A sink that gives defects their codes; the sink itself without codes."""
    return sink if codes is None else CodedSink(sink, codes)
