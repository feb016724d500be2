"""Refuses a layout that counts a class which the station does not have, such as a misspelt one: it would be 0 for ever."""

from __future__ import annotations

import structlog

from skelp.domain.errors import SkelpError, suggestion
from skelp_client import ClientError, Station, StationStatus, calls
from skelp_client.exchange import Patience, exchange
from skelp_languages.level2.fields import FillerField
from skelp_languages.level2.layout import Layout
from skelp_languages.level2.meanings import OF_CLASS

_AT_ONCE = Patience(retry_s=0.0, timeout_s=3.0)

log = structlog.get_logger()


class CountedClasses:
    """The classes that a layout counts, until the station has said once that it has them."""

    def __init__(self, layout: Layout, station: Station) -> None:
        fields = (f for telegram in layout.telegrams.values() for f in telegram.fields if not isinstance(f, FillerField))
        self._wanted = {f.stands_for.removeprefix(OF_CLASS) for f in fields if f.stands_for.startswith(OF_CLASS)}
        self._station = station

    def at_start(self) -> None:
        """Raise SkelpError for a class that the station does not have. If it does not answer, `before_telling` asks again."""
        if not self._wanted:
            return
        try:
            self._compare(self._station.run(exchange(calls.status(), _AT_ONCE)))
        except ClientError as error:
            log.warning("the station does not say yet which classes it has", why=str(error))

    def before_telling(self) -> None:
        """Raises SkelpError as `at_start`, and ClientError."""
        if self._wanted:
            self._compare(self._station.status())

    def _compare(self, status: StationStatus) -> None:
        known = {*status.classes, *status.marks}
        unknown = sorted(self._wanted - known)
        if unknown:
            faults = (f"{OF_CLASS}{name}; {suggestion(name, known) if known else 'it has none'}" for name in unknown)
            raise SkelpError("the layout counts classes that the station's model does not have, and they would be 0: " + "; ".join(faults))
        self._wanted = set()
