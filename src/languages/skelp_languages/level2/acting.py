"""Does what level 2 asks for, over REST: starts, corrects and ends coils. Says how it ended in a word of meanings.RESULT."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus

import structlog

from skelp_client import ClientError, Coil, NotFound, Station, StationError, Unreachable
from skelp_languages.level2.meanings import BODIES, RESULT, Sort, Telegram, Value, Values

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


class NotDone(ClientError):  # noqa: N818 - what happened
    """Nothing is done, because the number does not say which coil is meant. `result`: a word of meanings.RESULT."""

    def __init__(self, result: str, why: str) -> None:
        super().__init__(why)
        self.result = result


class Actor:
    """`station`: whose calls are not repeated for long. An announcement counts from when it arrives.

    Different numbers can become one id. So a deed is done only to a coil that has the number itself (`is_number_of`).
    """

    def __init__(self, station: Station) -> None:
        self._station = station

    def passes_before(self, telegram: Telegram, body: Values) -> int | None:
        """How many passes the coil has, where the telegram starts a further one; else None. Raises ClientError."""
        number = _text(body, "coil_id")
        if telegram is not Telegram.COIL_START or body.get("new_pass") != "yes" or not coil_id_of(number):
            return None
        first = self._first_pass(number)
        return 0 if first is None else self._newest_pass(first).pass_number

    def act(self, telegram: Telegram, body: Values, passes: int | None) -> str:
        """Do it. `passes`: what `passes_before` said when the telegram came first: if there are more by now, it was done."""
        try:
            number = _text(body, "coil_id")
            if not coil_id_of(number) or has_unknown_word(telegram, body):
                return "not_understood"
            self._deeds()[telegram](number, body, passes)
        except ClientError as error:
            result = result_of(error)
            log.warning("a telegram of level 2 was not done", telegram=telegram.value, result=result, why=str(error))
            return result
        return "done"

    def _deeds(self) -> dict[Telegram, Callable[[str, Values, int | None], object]]:
        return {Telegram.COIL_START: self._start, Telegram.COIL_END: self._end, Telegram.COIL_CORRECTION: self._correct}

    def _start(self, number: str, body: Values, passes: int | None) -> None:
        width = body.get("strip_width_mm")
        given = {key: _text(body, key) or None for key in ("heat", "product", "customer")}
        strip_width_mm = float(width) if width and not isinstance(width, str) else None  # type: ignore[arg-type] # it is a number
        first = self._first_pass(number) if passes is not None else None
        if first is None or passes is None:
            self._announce(number, _text(body, "name") or number, strip_width_mm, given)
        elif self._newest_pass(first).pass_number <= passes:
            self._station.new_pass(first.coil_id, strip_width_mm=strip_width_mm, **given)

    def _announce(self, number: str, name: str, strip_width_mm: float | None, given: Mapping[str, str | None]) -> None:
        """Start the first pass. A running coil is not changed by it, so that it may be looked at afterwards whose coil it is."""
        coil_id = coil_id_of(number)
        if not is_number_of(number, coil_id, name):
            raise NotDone("not_understood", f"with the name {name!r} coil {coil_id} could not be found by its number {number!r} again")
        taken = NotDone("name_taken", f"the id {coil_id} of number {number!r} belongs to a coil that has another number")
        named = name if name != coil_id else None
        try:
            coil = self._station.announce(coil_id, name=named, strip_width_mm=strip_width_mm, **given)
        except StationError as error:
            if error.conflict in {"coil_over", "coil_differs"} and self._first_pass(number) is None:
                raise taken from error
            raise
        if not is_number_of(number, _first_id(coil), coil.name):
            raise taken

    def _end(self, number: str, _body: Values, _passes: int | None) -> None:
        """End the pass that runs. The end of a coil that is over already changes nothing."""
        first = self._known(number).coil_id
        running = self._station.status().coil
        is_pass = running is not None and running.partition(OF_PASS)[0] == first
        self._station.finish(running if running is not None and is_pass else first)

    def _correct(self, number: str, body: Values, _passes: int | None) -> None:
        """Correct the newest pass. A field that is blank or not in the layout stays as it is."""
        newest = self._newest_pass(self._known(number))
        given = {key: _text(body, key) or None for key in ("name", "heat", "product", "customer")}
        self._station.correct(newest.coil_id, **given)

    def _known(self, number: str) -> Coil:
        """The first pass of the coil with this number. Raises NotDone if there is no such coil."""
        first = self._first_pass(number)
        if first is None:
            raise NotDone("coil_unknown", f"no coil has the number {number!r}")
        return first

    def _first_pass(self, number: str) -> Coil | None:
        """The first pass of the coil with this number; None if there is no such coil."""
        for asked in dict.fromkeys((coil_id_of(number), number)):
            if "/" in asked:  # what the station cannot be asked for
                continue
            with suppress(NotFound):
                found = self._station.coil(asked)
                if is_number_of(number, _first_id(found), found.name):
                    return found if found.coil_id == _first_id(found) else self._station.coil(_first_id(found))
        return None

    def _newest_pass(self, first: Coil) -> Coil:
        """The newest pass of a coil."""
        found, number = first, 2
        while True:
            try:
                found = self._station.coil(f"{first.coil_id}{OF_PASS}{number}")
            except NotFound:
                return found
            number += 1


def is_number_of(number: str, first_id: str, name: str) -> bool:
    """Whether level 2 means a coil by a number: the coil has this name, or this id and a name that is not what became the id."""
    return number == name or (number == first_id and coil_id_of(name) != first_id)


def has_unknown_word(telegram: Telegram, body: Values) -> bool:
    """Whether a field has a code that is none of its words. A blank one says nothing."""
    known = BODIES[telegram]
    return any(value and known[name].sort is Sort.WORD and value not in known[name].words for name, value in body.items())


def _first_id(coil: Coil) -> str:
    return coil.coil_id.partition(OF_PASS)[0]


def coil_id_of(number: Value) -> str:
    """The id of a coil in skelp, from its number at level 2: characters that an id cannot have become `-`. Empty if it cannot be one.

    The coil's name is the number as it came.
    """
    text = str(number or "").strip()
    found = re.sub(r"[^A-Za-z0-9._-]", "-", text)
    return found if found[:1].isalnum() and len(found) <= _LONGEST_ID else ""


def result_of(error: ClientError) -> str:
    """The word for a refusal."""
    if isinstance(error, NotDone):
        return error.result
    if isinstance(error, Unreachable):
        return "station_away"
    if not isinstance(error, StationError):
        return "refused"
    if error.conflict in RESULT.words:
        return str(error.conflict)
    return _BY_STATUS.get(error.status, "refused")


def _text(body: Values, key: str) -> str:
    return str(body.get(key) or "").strip()
