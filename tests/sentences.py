"""Makes sentences of all reasons, with many arguments, in all languages. `python -m tests.sentences` prints them as JSON for web/test."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, get_type_hints

from skelp.domain.reasons import Counted, Gap, Reason
from skelp.domain.reasons.code import CLASSES
from skelp.render.records import reason_record
from skelp.render.words import LANGUAGES, advice, sentence
from tests.unit.domain.test_coded import filled

HARD = (
    0.0,
    0.05,
    0.125,
    0.25,
    0.35,
    0.5,
    1.5,
    2.5,
    0.045,
    0.445,
    1.005,
    2.675,
    1 / 3,
    2 / 3,
    99.95,
    999999.5,
    12800.0,
    1e6,
    1234567.0,
    1e-5,
    6400.4,
)
"""Numbers for which two ways of rounding differ, and very large and small numbers."""
SPECS = ("g", ".0f", ".1f", ".3f", ".0%", ".1%")


def reasons() -> Iterator[Reason]:
    """Each reason, with each way of counting and each number of HARD."""
    for kind in CLASSES.values():
        reason = filled(kind)
        yield reason
        if isinstance(reason, Gap):
            yield from (replace(reason, counted=counted) for counted in (None, *Counted))
        hints = get_type_hints(kind)
        for f in fields(kind):  # type: ignore[arg-type] # every reason is a dataclass
            if float in getattr(hints[f.name], "__args__", (hints[f.name],)):
                yield from (replace(reason, **{f.name: value}) for value in HARD)


def numbers() -> Iterator[tuple[str, float, str]]:
    """Format, number and formatted text."""
    chance = random.Random(1)
    drawn = [chance.uniform(-1, 1) * 10 ** chance.randint(-7, 9) for _ in range(300)] + [n / 8 for n in range(-40, 41)]
    for value in (*HARD, *drawn):
        yield from ((spec, value, format(value, spec)) for spec in SPECS)


def document() -> dict[str, Any]:
    """The sentences and the formatted numbers."""
    made = [
        {"language": language, "reason": reason_record(r), "text": sentence(r, language), "do": advice(r, language)}
        for r in reasons()
        for language in LANGUAGES
    ]
    return {"sentences": made, "numbers": list(numbers())}


if __name__ == "__main__":
    print(json.dumps(document()))
