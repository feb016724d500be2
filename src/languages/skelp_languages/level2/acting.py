"""Does what level 2 asks for, over REST: starts, corrects and ends coils. Says how it ended in a word of meanings.RESULT."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

import structlog

from skelp_client import ClientError, Coil, NotFound, Station, StationError, Unreachable
from skelp_languages.level2.meanings import RESULT, Telegram, Value, Values

OF_PASS = "~"  # noqa: S105 - no password
"""Stands between a coil's id and the number of a later pass (docs/rest.md)."""
_LONGEST_ID = 64
_BY_STATUS: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "not_allowed",
    HTTPStatus.FORBIDDEN: "not_allowed",
    HTTPStatus.NOT_FOUND: "coil_unknown",
    HTTPStatus.UNPROCESSABLE_ENTITY: "not_understood",
    HTTPStatus.TOO_MANY_REQUESTS: "station_away",
    HTTPStatus.BAD_GATEWAY: "station_away",
    HTTPStatus.SERVICE_UNAVAILABLE: "station_away",
    HTTPStatus.GATEWAY_TIMEOUT: "station_away",
}

log = structlog.get_logger()


class Actor:
    """`station`: whose calls are not repeated for long. An announcement counts from when it arrives."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def passes_before(self, telegram: Telegram, body: Values) -> int | None:
        """How many passes the coil has, where the telegram starts a further one; else None. Raises ClientError."""
        coil_id = coil_id_of(body.get("coil_id"))
        if telegram is not Telegram.COIL_START or body.get("new_pass") != "yes" or not coil_id:
            return None
        newest = self._newest_pass(coil_id)
        return 0 if newest is None else newest.pass_number

    def act(self, telegram: Telegram, body: Values, passes: int | None) -> str:
        """Do it. `passes`: what `passes_before` said when the telegram came first: if there are more by now, it was done."""
        try:
            name, coil_id = _text(body, "coil_id"), coil_id_of(body.get("coil_id"))
            if not coil_id:
                return "not_understood"
            self._deeds()[telegram](coil_id, name, body, passes)
        except ClientError as error:
            result = result_of(error)
            log.warning("a telegram of level 2 was not done", telegram=telegram.value, result=result, why=str(error))
            return result
        return "done"

    def _deeds(self) -> dict[Telegram, Callable[[str, str, Values, int | None], object]]:
        return {Telegram.COIL_START: self._start, Telegram.COIL_END: self._end, Telegram.COIL_CORRECTION: self._correct}

    def _start(self, coil_id: str, name: str, body: Values, passes: int | None) -> None:
        width = body.get("strip_width_mm")
        given = {key: _text(body, key) or None for key in ("heat", "product", "customer")}
        strip_width_mm = float(width) if width and not isinstance(width, str) else None  # type: ignore[arg-type] # it is a number
        if passes is not None:
            newest = self._newest_pass(coil_id)
            if newest is None or newest.pass_number <= passes:
                self._station.new_pass(coil_id, strip_width_mm=strip_width_mm, **given)
            return
        named = _text(body, "name") or (name if name != coil_id else None)
        self._station.announce(coil_id, name=named, strip_width_mm=strip_width_mm, **given)

    def _end(self, coil_id: str, _name: str, _body: Values, _passes: int | None) -> None:
        """End the pass that runs. The end of a coil that is over already changes nothing."""
        running = self._station.status().coil
        is_pass = running is not None and running.partition(OF_PASS)[0] == coil_id
        self._station.finish(running if running is not None and is_pass else coil_id)

    def _correct(self, coil_id: str, _name: str, body: Values, _passes: int | None) -> None:
        """Correct the newest pass. A field that is blank or not in the layout stays as it is."""
        newest = self._newest_pass(coil_id)
        given = {key: _text(body, key) or None for key in ("name", "heat", "product", "customer")}
        self._station.correct(newest.coil_id if newest else coil_id, **given)

    def _newest_pass(self, coil_id: str) -> Coil | None:
        """The newest pass of a coil; None if there is no such coil."""
        found: Coil | None = None
        number = 1
        while True:
            try:
                found = self._station.coil(coil_id if number == 1 else f"{coil_id}{OF_PASS}{number}")
            except NotFound:
                return found
            number += 1


def coil_id_of(number: Value) -> str:
    """The id of a coil in skelp, from its number at level 2: characters that an id cannot have become `-`. Empty if it cannot be one.

    The coil's name is the number as it came.
    """
    text = str(number or "").strip()
    found = re.sub(r"[^A-Za-z0-9._-]", "-", text)
    return found if found[:1].isalnum() and len(found) <= _LONGEST_ID else ""


def result_of(error: ClientError) -> str:
    """The word for a refusal."""
    if isinstance(error, Unreachable):
        return "station_away"
    if not isinstance(error, StationError):
        return "refused"
    if error.conflict in RESULT.words:
        return str(error.conflict)
    return _BY_STATUS.get(error.status, "refused")


def _text(body: Values, key: str) -> str:
    return str(body.get(key) or "").strip()
