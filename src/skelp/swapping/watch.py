"""Compares the coils of a new model with those of the model before it, as the records have them."""

from __future__ import annotations

from collections.abc import Iterator

from skelp.domain.band import Band, CoilRates
from skelp.domain.coilmap import Coil, Status, Summary
from skelp.domain.models import ChosenModel
from skelp.domain.moments import iso
from skelp.domain.queries import CoilQuery
from skelp.domain.reasons import Reason
from skelp.ports import RecordReader

_PAGE = 200
_PASSED = CoilQuery(derived=False)
_MOST_PAGES = 5
"""Coils before the newest thousand are not looked for."""


class Watch:
    """Satisfied by the records alone, so a restart of the station changes nothing."""

    def __init__(self, band: Band, records: RecordReader) -> None:
        self._band, self._records = band, records

    def look(self, chosen: ChosenModel, before_sha256: str) -> tuple[Reason | None, bool]:
        """Why the model left the band of the model before it, or None; and whether the watch has ended."""
        new, old = list[Coil](), list[Coil]()
        for coil in self._final_coils():
            since = iso(coil.started_at) >= chosen.at
            if since and coil.model_sha256 == chosen.model.sha256:
                new.append(coil)
            elif not since and coil.model_sha256 == before_sha256:
                old.append(coil)
                if len(old) == self._band.before:
                    break
        first = new[::-1][: self._band.coils]
        rates = {s.coil.coil_id: _rates(s) for s in self._records.summaries([*first, *old])}
        reason = self._band.left_by([rates[c.coil_id] for c in first], [rates[c.coil_id] for c in old])
        return reason, reason is not None or len(first) >= self._band.coils or len(old) < self._band.at_least

    def _final_coils(self) -> Iterator[Coil]:
        """Coils that passed the cameras as a whole, newest first. Pieces of them would count their steel again."""
        before = None
        for _ in range(_MOST_PAGES):
            page = self._records.coils(before=before, limit=_PAGE, query=_PASSED)
            yield from (c for c in page if c.status is Status.FINAL and not c.interrupted)
            if len(page) < _PAGE:
                return
            before = page[-1].coil_id


def _rates(summary: Summary) -> CoilRates:
    totals = summary.totals
    return CoilRates(summary.tally.defects, summary.metres(totals.inspected + totals.degraded), summary.metres(totals.degraded))
