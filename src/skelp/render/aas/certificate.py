"""The sentences about a coil's surface for field D01 of an inspection document (EN 10168), in English and Korean.

What was not inspected comes first, and is never left out: a certificate is read where the station cannot be asked.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator

from skelp.domain.coilmap import Status, Summary
from skelp.domain.reasons import Reason
from skelp.domain.strip import Side
from skelp.render.aas.elements import LONGEST_TEXT, shortened
from skelp.render.words import LANGUAGES, Language, sentence, statement, word

_ROOM = LONGEST_TEXT - 80
"""Characters for all but the count of the reasons that find no room."""


def field_d01(summary: Summary, sides: Collection[Side]) -> dict[str, str]:
    """The sentences, by language, each of at most 1023 characters. `sides`: those at which cameras looked."""
    return {language: _in_one(summary, sides, language) for language in LANGUAGES}


def _in_one(summary: Summary, sides: Collection[Side], language: Language) -> str:
    text = " ".join(_facts(summary, sides, language))
    reasons = summary.by_skelp.reasons if summary.coil.status is Status.FINAL else []
    said = _reasons(list(reasons), language, _ROOM - len(text))
    return shortened(f"{text} {said}".rstrip())


def _facts(summary: Summary, sides: Collection[Side], language: Language) -> Iterator[str]:
    totals = summary.totals
    if summary.coil.status is not Status.FINAL:
        yield statement("not_final", language)
        return
    if totals.exposed == 0:
        yield statement("nothing", language)
    elif totals.inspected == totals.exposed:
        yield statement("whole", language, length_m=_down(summary.length_m))
    else:
        lost, degraded, inspected = _up(summary.metres(totals.lost)), _up(summary.metres(totals.degraded)), totals.inspected
        metres = {"inspected_m": _down(summary.metres(inspected)), "lost_m": lost, "degraded_m": degraded}
        yield statement("part", language, length_m=_up(summary.length_m), **metres)
    unseen = [word("side", side, language) for side in Side if side not in sides]
    if unseen:
        yield statement("unseen_side", language, sides=", ".join(unseen))
    if totals.inspected + totals.degraded:
        yield statement("defects" if summary.tally.defects else "no_defects", language, defects=summary.tally.defects)
    given = summary.override
    decided = word("decision", (given or summary.by_skelp).decision, language)
    if given:
        yield statement("by_person", language, decision=decided, operator=given.operator)
    else:
        yield statement("by_skelp", language, decision=decided)


def _reasons(reasons: list[Reason], language: Language, room: int) -> str:
    """As many reasons as there is room for, and the number of the others."""
    said: list[str] = []
    for reason in reasons:
        text = sentence(reason, language)
        if sum(map(len, said)) + 2 * len(said) + len(text) > room:
            return "; ".join([*said, statement("more", language, reasons=len(reasons) - len(said))]) + "."
        said.append(text)
    return f"{'; '.join(said)}." if said else ""


def _down(metres: float) -> float:
    return math.floor(metres * 100 + 1e-6) / 100


def _up(metres: float) -> float:
    return math.ceil(metres * 100 - 1e-6) / 100
