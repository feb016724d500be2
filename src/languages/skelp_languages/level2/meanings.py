"""What a field of a telegram may stand for: each value's sort, whether it may be unknown, and how a number of it is rounded."""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

Value = str | int | Decimal | datetime | None
"""A text or a word, a number, a time with its zone; None: not known. A code that is no word of the plant's is read as its text."""
Values = Mapping[str, Value]


class Telegram(StrEnum):
    """The telegrams of a layout file. Each is in it once or not at all."""

    COIL_START = "coil_start"
    COIL_END = "coil_end"
    COIL_CORRECTION = "coil_correction"
    COIL_RESULT = "coil_result"
    DEFECT_LIST = "defect_list"
    ALIVE = "alive"
    ACK = "ack"
    NACK = "nack"


BOTH_WAYS = frozenset({Telegram.ALIVE, Telegram.ACK, Telegram.NACK})
FROM_LEVEL_2 = frozenset({Telegram.COIL_START, Telegram.COIL_END, Telegram.COIL_CORRECTION})
TO_LEVEL_2 = frozenset({Telegram.COIL_RESULT, Telegram.DEFECT_LIST})


class Sort(StrEnum):
    """What a value is. A word is one of a few, such as accept or hold; it has a number too, for fields that are numbers."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    WORD = "word"


class Rounding(StrEnum):
    """Steel that was not inspected is never rounded away: what is lost or degraded is rounded up, what is inspected down."""

    NEAREST = decimal.ROUND_HALF_EVEN
    UP = decimal.ROUND_CEILING
    DOWN = decimal.ROUND_FLOOR


@dataclass(frozen=True, slots=True)
class Meaning:
    """`known`: False if the value may be unknown. `words`: of a word, each with the number that it has without codes of the plant. `alike`:
    those of them that a plant may take for the same, with one code for them. `least`: of a number, the least that a field must hold.
    """

    sort: Sort
    known: bool = True
    rounding: Rounding = Rounding.NEAREST
    words: Mapping[str, int] = field(default_factory=dict)
    alike: frozenset[str] = frozenset()
    least: int = 0


TEXT, NUMBER, TIME = Meaning(Sort.TEXT), Meaning(Sort.NUMBER), Meaning(Sort.TIME)
COUNT = Meaning(Sort.NUMBER, least=9999)
"""How many there are on a coil: a bad one has thousands of defects."""
MAYBE_NUMBER, MAYBE_TIME = Meaning(Sort.NUMBER, known=False), Meaning(Sort.TIME, known=False)


def _word(*words: str, first: int = 1, stands_alone: str | None = None) -> Meaning:
    alike = frozenset(words) - {stands_alone} if stands_alone else frozenset()
    return Meaning(Sort.WORD, words={word: n for n, word in enumerate(words, first)}, alike=alike)


YES_OR_NO = _word("no", "yes", first=0)
DECISION = _word("accept", "downgrade", "hold", "scrap", stands_alone="accept")
SIDE = _word("top", "bottom")
EVENT = _word("final", "changed", "decided", "revised")
RESULT = _word(
    "done",
    "unknown_telegram",
    "not_understood",
    "other_receiver",
    "station_away",
    "not_allowed",
    "coil_unknown",
    "coil_over",
    "coil_differs",
    "still_running",
    "name_taken",
    "refused",
    first=0,
    stands_alone="done",
)
"""How a telegram of level 2 ended, in an ACK or a NACK."""

HEADER = {"length": NUMBER, "code": TEXT, "number": NUMBER, "time": TIME, "sender": TEXT, "receiver": TEXT}
_IDENTITY = {"coil_id": TEXT, "name": TEXT, "heat": TEXT, "product": TEXT, "customer": TEXT}
_COUNTS = {f"severity_{n}": COUNT for n in range(1, 6)}
_METRES = 32_767
"""Five digits, or a binary integer of 16 bits for whole metres."""
OF_CLASS = "class:"
"""`class:scratch` is the number of defects of the class scratch."""
RESULT_VALUES = {
    **_IDENTITY,
    "pass_number": Meaning(Sort.NUMBER, least=99),
    "automatic": YES_OR_NO,
    "interrupted": YES_OR_NO,
    "started_at": TIME,
    "finished_at": MAYBE_TIME,
    "strip_width_mm": MAYBE_NUMBER,
    "length_m": Meaning(Sort.NUMBER, least=_METRES),
    "inspected_m": Meaning(Sort.NUMBER, rounding=Rounding.DOWN, least=_METRES),
    "degraded_m": Meaning(Sort.NUMBER, rounding=Rounding.UP, least=_METRES),
    "lost_m": Meaning(Sort.NUMBER, rounding=Rounding.UP, least=_METRES),
    "decision": DECISION,
    "decision_of_skelp": DECISION,
    "decided_by_person": YES_OR_NO,
    "reason": TEXT,
    "reasons": NUMBER,
    "defects": COUNT,
    **_COUNTS,
    "marks": COUNT,
    "model": TEXT,
    "recipe": TEXT,
    "revision": Meaning(Sort.NUMBER, least=99_999),
    "event": EVENT,
    "event_time": TIME,
    "feed_seq": Meaning(Sort.NUMBER, least=999_999_999),
    "repeat": YES_OR_NO,
    "listed": NUMBER,
    "parts": NUMBER,
}
DEFECT_VALUES = {
    "rank": NUMBER,
    "defect_id": TEXT,
    "class": TEXT,
    "class_code": TEXT,
    "cluster_code": TEXT,
    "severity": NUMBER,
    "side": SIDE,
    "camera": TEXT,
    "along_mm": Meaning(Sort.NUMBER, least=_METRES * 1000),
    "along_m": Meaning(Sort.NUMBER, least=_METRES),
    **dict.fromkeys(("across_mm", "length_mm", "width_mm", "area_mm2", "orientation_deg"), NUMBER),
    **dict.fromkeys(("score", "contrast"), NUMBER),
}
IDENTIFIERS = frozenset({"code", "of_code", "coil_id", "name", "heat", "defect_id", "class", "class_code", "cluster_code"})
"""What names a thing by its text. Cut, or with a character replaced, it would name another."""
_ANSWER = {"of_code": TEXT, "of_number": NUMBER, "result": RESULT, "reason": TEXT}
BODIES: Mapping[Telegram, Mapping[str, Meaning]] = {
    Telegram.COIL_START: {**_IDENTITY, "strip_width_mm": MAYBE_NUMBER, "new_pass": YES_OR_NO},
    Telegram.COIL_END: {"coil_id": TEXT},
    Telegram.COIL_CORRECTION: _IDENTITY,
    Telegram.COIL_RESULT: RESULT_VALUES,
    Telegram.DEFECT_LIST: {**RESULT_VALUES, "part": NUMBER, "in_part": NUMBER},
    Telegram.ALIVE: {},
    Telegram.ACK: _ANSWER,
    Telegram.NACK: _ANSWER,
}
"""The values of each telegram's body, beside those of the header."""


def meaning_of(value: str, known: Mapping[str, Meaning]) -> Meaning | None:
    """What a value is, also one of a named class; None if the telegram has no such value."""
    if "defects" in known and value.startswith(OF_CLASS) and value != OF_CLASS:
        return COUNT
    return known.get(value)
