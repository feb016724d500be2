"""What a layout must be able to say: without it level 2 would take steel for clean that is not, or one coil for another."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from skelp.domain.errors import suggestion
from skelp_languages.level2.fields import DoesNotFit, FillerField, TextField
from skelp_languages.level2.layout import Layout, Place, TelegramLayout, Valued
from skelp_languages.level2.meanings import COUNT, FROM_LEVEL_2, TO_LEVEL_2, Meaning, Telegram, Value
from skelp_languages.level2.numbers import FloatField, Number

_COIL = ("coil_id", "name")
NEEDED: dict[Telegram, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(FROM_LEVEL_2, (("coil_id",),)),
    Telegram.COIL_RESULT: (_COIL, ("decision",), ("feed_seq", "repeat")),
    Telegram.DEFECT_LIST: (_COIL, ("part",)),
}
"""Of each of these values a telegram has at least one. Without `feed_seq` and `repeat` a repeat would be taken for a new result."""
SEES_UNINSPECTED = ({"degraded_m", "lost_m"}, {"length_m", "inspected_m"})
"""By all of one of these level 2 sees how much steel was not inspected."""


def missing(telegram: Telegram, filled: AbstractSet[str]) -> Iterator[str]:
    """The values that a telegram needs and does not have."""
    for one_of in NEEDED.get(telegram, ()):
        if filled.isdisjoint(one_of):
            yield f"no field stands for {' or '.join(map(repr, one_of))}"


def words(layout: Layout, field: Valued, meaning: Meaning) -> Iterator[str]:
    """Faults of a field that holds a word: one that it cannot hold, or two that level 2 could not tell apart."""
    for word in (field.codes if isinstance(field, Number | TextField) else None) or {}:
        if word not in meaning.words and word != "*":
            yield f"{field.name}: {word!r} is no word of {field.stands_for!r}; {suggestion(word, meaning.words)}"
    faults = [fault for word in meaning.words for fault in packs(layout, field, word)]
    yield from faults or _the_same(layout, field, meaning)


def _the_same(layout: Layout, field: Valued, meaning: Meaning) -> Iterator[str]:
    seen: dict[bytes, str] = {}
    for word in meaning.words:
        before = seen.setdefault(field.pack(word, layout.codec), word)
        if before != word and not {before, word} <= meaning.alike:
            yield f"{field.name}: {before!r} and {word!r} have the same code, so level 2 could not tell them apart"


def room(place: Place) -> Iterator[str]:
    """A fault if a field would be full before long: then its coil, and all that come after it, could not be told."""
    field, least = place.field, place.meaning.least
    if isinstance(field, FloatField) and field.stands_for != "feed_seq":
        return  # it is never full, only less exact
    if isinstance(field, Number) and field.most < least:
        yield f"{field.name} holds numbers up to {field.most}; {least} is the least for {field.stands_for!r}"


def most_listed(one: TelegramLayout) -> int:
    """How many defects of a coil a list must be able to have."""
    return one.most or COUNT.least


def packs(layout: Layout, field: Valued, value: Value) -> Iterator[str]:
    """A fault if a value that must fit does not."""
    if isinstance(field, TextField):
        field = field.model_copy(update={"cut": False})
    try:
        field.pack(value, layout.codec)
    except DoesNotFit as error:
        yield str(error)


def warnings(layout: Layout) -> Iterator[str]:
    """What level 2 cannot see with a layout that works."""
    if not any(map(layout.has, TO_LEVEL_2)):
        return
    if not layout.has(Telegram.COIL_RESULT):
        yield "there is no coil_result: level 2 hears of no decision, and nothing of a coil without defects"
        return
    result = layout.telegrams[Telegram.COIL_RESULT]
    filled = {f.stands_for for f in result.fields if not isinstance(f, FillerField)}
    if not any(needed <= filled for needed in SEES_UNINSPECTED):
        yield (
            "coil_result: level 2 cannot see how much steel was not inspected, and no defects does not mean a clean coil; "
            "add degraded_m and lost_m, or length_m and inspected_m"
        )
