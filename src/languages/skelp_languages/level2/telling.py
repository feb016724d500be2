"""Tells level 2 of a coil: its result, then its defects, the worst first, in as many telegrams as they need."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from skelp_client import Coil, Defect
from skelp_languages.following import RESULTS, Told, defects_of
from skelp_languages.level2.conversation import Conversation, Refused, Sendable
from skelp_languages.level2.fields import DoesNotFit
from skelp_languages.level2.layout import Layout
from skelp_languages.level2.meanings import TO_LEVEL_2, Telegram, Values
from skelp_languages.level2.memory import Memory
from skelp_languages.level2.reporting import Report
from skelp_languages.level2.settings import Level2Settings
from skelp_languages.level2.telegrams import Outer, pack
from skelp_languages.level2.values import coil_values, defect_values
from skelp_languages.running import Running
from skelp_languages.standing import State

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Content:
    telegram: Telegram
    body: Values
    defects: Sequence[Values] = ()


class Teller:
    """`run`: its station has the defects of a coil, and its place says of which feed an event is."""

    def __init__(
        self, settings: Level2Settings, layout: Layout, run: Running, memory: Memory, conversation: Conversation, report: Report
    ) -> None:
        self._settings, self._layout = settings, layout
        self._station, self._place, self._standings = run.station, run.place, run.standings
        self._memory, self._conversation, self._report = memory, conversation, report
        if memory.now.left_out:
            report.left_out(memory.now.left_out, memory.now.last_left_out[-1].why)

    @property
    def kinds(self) -> frozenset[str]:
        """The events of which level 2 is told: none, if its layout has no telegram for a result."""
        return RESULTS if any(map(self._layout.has, TO_LEVEL_2)) else frozenset()

    def tell(self, told: Told) -> None:
        """Returns when level 2 has everything, or when it refused it for good and the settings say to go on."""
        coil, event = told.result, told.event
        if coil is None:
            return
        try:
            telegrams = self._packed(told, coil)
            self._standings.sent(event.seq)
            for telegram in telegrams:
                self._conversation.deliver(telegram)
        except (Refused, DoesNotFit) as error:
            self._leave_out(told, coil, str(error))
        else:
            self._memory.delivered()
            self._standings.acknowledged(event.seq)

    def _leave_out(self, told: Told, coil: Coil, why: str) -> None:
        log.error("a result is left out: level 2 does not have it", coil=coil.coil_id, seq=told.event.seq, why=why)
        self._memory.leaves_out(told.event.seq, coil.coil_id, why)
        self._report.well()
        self._report.left_out(self._memory.now.left_out, why)

    def _packed(self, told: Told, coil: Coil) -> list[Sendable]:
        """The telegrams. If a value does not fit, and the settings say to wait, this waits until the coil is corrected."""
        while True:
            contents = list(self._contents(told, coil))
            first = self._memory.numbers(self._name_of(told), len(contents))
            try:
                return [self._sendable(content, number, coil) for number, content in enumerate(contents, first)]
            except DoesNotFit as error:
                if self._settings.on_refusal == "go_on":
                    raise
                detail = f"coil {coil.coil_id} cannot be told: {error}; correct the coil, or the layout and start again"
                log.error("a value does not fit the layout", coil=coil.coil_id, why=str(error))  # noqa: TRY400 - no bug
                self._report.trouble(State.FAILED, detail)
                time.sleep(self._settings.timing.again_every_s)
                coil = self._station.coil(coil.coil_id)

    def _name_of(self, told: Told) -> str:
        place = self._place.place
        return f"{told.event.seq} of feed {place.feed_id if place else ''}"

    def _sendable(self, content: _Content, number: int, coil: Coil) -> Sendable:
        wire = (number - 1) % self._layout.most_number + 1
        code = self._layout.telegrams[content.telegram].code
        raw = pack(self._layout, content.telegram, Outer(datetime.now(UTC), wire), content.body, content.defects)
        return Sendable(code, wire, raw, f"{code} number {wire} (coil {coil.coil_id})")

    def _contents(self, told: Told, coil: Coil) -> Iterator[_Content]:
        listed = self._listed(coil)
        per_part = self._layout.telegrams[Telegram.DEFECT_LIST].defects if self._layout.has(Telegram.DEFECT_LIST) else 1
        parts = [listed[at : at + per_part] for at in range(0, len(listed), per_part)]
        values = coil_values(told, coil, listed=len(listed), parts=len(parts))
        if self._layout.has(Telegram.COIL_RESULT):
            yield _Content(Telegram.COIL_RESULT, values)
        for number, part in enumerate(parts, 1):
            rows = [defect_values(defect, (number - 1) * per_part + n) for n, defect in enumerate(part, 1)]
            yield _Content(Telegram.DEFECT_LIST, {**values, "part": number, "in_part": len(part)}, rows)

    def _listed(self, coil: Coil) -> list[Defect]:
        """The defects that are listed, the worst first; none if they are too old and were deleted, or the layout has no list."""
        if not self._layout.has(Telegram.DEFECT_LIST):
            return []
        found = defects_of(self._station, coil.coil_id) or iter(())
        most = self._layout.telegrams[Telegram.DEFECT_LIST].most
        return sorted(found, key=worst_first) if most is None else heapq.nsmallest(most, found, key=worst_first)


def worst_first(defect: Defect) -> tuple[int, float, float]:
    """By severity, then by area, then from the head on."""
    return -defect.severity, -defect.area_mm2, defect.along_mm
