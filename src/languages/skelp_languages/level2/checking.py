"""Refuses a layout that cannot work, before the first telegram: unknown values, and fields that cannot hold what they must."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from skelp.domain.errors import SkelpError, suggestion
from skelp_languages.level2.fields import DoesNotFit, FillerField, TextField, TimeField
from skelp_languages.level2.layout import Code, Field, Layout, LayoutFile, Place, TelegramLayout, Valued, load_layout
from skelp_languages.level2.meanings import (
    BODIES,
    BOTH_WAYS,
    DEFECT_VALUES,
    FROM_LEVEL_2,
    HEADER,
    IDENTIFIERS,
    TO_LEVEL_2,
    Meaning,
    Sort,
    Telegram,
    meaning_of,
)
from skelp_languages.level2.numbers import BinaryInteger, FloatField, Number
from skelp_languages.level2.promises import missing, most_listed, packs, room, words

LEAST_NUMBERS = 99
"""A number that comes again too soon cannot tell a telegram from the one before."""


def checked_layout(file: Path) -> Layout:
    """The layout of a file. Raises SkelpError that names everything that is wrong."""
    found = load_layout(file)
    faults = list(dict.fromkeys(_unknown(found))) or list(dict.fromkeys(_faults(Layout(found))))
    if faults:
        raise SkelpError(f"{file}: " + "; ".join(faults))
    return Layout(found)


def _unknown(file: LayoutFile) -> Iterator[str]:
    """Fields that stand for a value that their telegram does not have."""
    parts: list[tuple[str, tuple[Field, ...], Mapping[str, Meaning]]] = [("header", file.header, HEADER)]
    for telegram, layout in file.telegrams.items():
        parts += [(telegram, layout.fields, BODIES[telegram]), (f"{telegram}.each", layout.each, DEFECT_VALUES)]
    for where, fields, values in parts:
        for field in fields:
            if not isinstance(field, FillerField) and meaning_of(field.stands_for, values) is None:
                end = suggestion(field.stands_for, values) if values else "it has none"
                yield f"{where}: field {field.name} stands for {field.stands_for!r}, which is no value of it; {end}"


def _faults(layout: Layout) -> Iterator[str]:
    yield from _header(layout)
    yield from _codes(layout)
    if not layout.has(Telegram.ACK):
        yield "telegrams: there is no ack; without one nobody knows what arrived"
    for telegram, one in layout.telegrams.items():
        faults = [*_telegram(layout, telegram, one)]
        for place in layout.places(telegram):
            if isinstance(place, Place) and place.row <= 1:
                faults += [*_value(layout, place), *_of_another(layout, place)]
                faults += room(place) if telegram in TO_LEVEL_2 else ()
        faults += _length(layout, telegram)
        yield from (f"{telegram}: {fault}" for fault in faults)
    times = (p for t in layout.telegrams for p in layout.places(t) if isinstance(p.field, TimeField))
    if layout.codec.zone is None and any(times):
        yield "zone: there are times, so say of which zone, such as Asia/Seoul"


def _header(layout: Layout) -> Iterator[str]:
    for needed in ("code", "number"):
        if layout.in_head(needed) is None:
            yield f"header: no field stands for {needed!r}"
    number = layout.in_head("number")
    if number is not None:
        field = number.field
        if not isinstance(field, Number) or field.places != 0:
            yield f"header: {field.name} must be an integer, as text or binary"
        elif field.most < LEAST_NUMBERS:
            yield f"header: {field.name} holds numbers up to {field.most}; {LEAST_NUMBERS} is the least"
    for party in (layout.in_head("sender"), layout.in_head("receiver")):
        for key, name in (("skelp", layout.file.skelp), ("level2", layout.file.level2)):
            if party is not None:
                field = party.field
                yield from packs(layout, field, name) if name else [f"{key}: the header has the {field.stands_for}, so say its name"]


def _codes(layout: Layout) -> Iterator[str]:
    """Codes are each one telegram in each direction, and the header holds them."""
    place = layout.in_head("code")
    for to_level_2, going in ((True, TO_LEVEL_2 | BOTH_WAYS), (False, FROM_LEVEL_2 | BOTH_WAYS)):
        seen: dict[Code, Telegram] = {}
        for telegram in (t for t in layout.telegrams if t in going):
            code = layout.telegrams[telegram].code_of(to_level_2=to_level_2)
            if code in seen:
                yield f"{telegram} and {seen[code]} have the same code {code!r}"
            seen[code] = telegram
            if place is not None:
                yield from (f"{telegram}: {fault}" for fault in _code(layout, place.field, code))


def _code(layout: Layout, field: Valued, code: Code) -> Iterator[str]:
    if isinstance(field, Number) != isinstance(code, int):
        yield f"code {code!r} is not what {field.name} ({field.kind}) holds; a number in quotes is text"
    else:
        yield from packs(layout, field, code)


def _telegram(layout: Layout, telegram: Telegram, one: TelegramLayout) -> Iterator[str]:
    filled = {f.stands_for for f in one.fields if not isinstance(f, FillerField)}
    yield from missing(telegram, filled)
    if telegram is Telegram.ACK and "result" not in filled and not layout.has(Telegram.NACK):
        yield "neither is there a field for 'result' nor a telegram nack, so it could not say that something was refused"
    is_list = telegram is Telegram.DEFECT_LIST
    if (is_list and not (one.each and one.defects)) or (not is_list and (one.each or one.defects or one.most)):
        yield "a defect_list, and no other telegram, says how many `defects` it has and what `each` of them is"
    if one.code_in is not None and telegram not in BOTH_WAYS:
        yield "only alive, ack and nack go both ways and may have a code_in"


def _length(layout: Layout, telegram: Telegram) -> Iterator[str]:
    length, said = layout.in_head("length"), layout.length(layout.size(telegram))
    if length is not None:
        yield from packs(layout, length.field, said)


def _of_another(layout: Layout, place: Place) -> Iterator[str]:
    """Faults of a field that says something of another telegram, or of how many there are."""
    field, one = place.field, layout.telegrams.get(Telegram.DEFECT_LIST)
    if field.stands_for == "of_number":
        yield from packs(layout, field, layout.most_number)
    if field.stands_for == "of_code":
        for other in layout.telegrams.values():
            for code in {other.code_of(to_level_2=True), other.code_of(to_level_2=False)}:
                yield from _code(layout, field, code)
    if one is not None and one.defects:
        most = most_listed(one)
        largest = {"rank": most, "listed": most, "part": -(-most // one.defects), "parts": -(-most // one.defects), "in_part": one.defects}
        if field.stands_for in largest:
            yield from packs(layout, field, largest[field.stands_for])


def _value(layout: Layout, place: Place) -> Iterator[str]:
    """Faults of a field whose kind cannot be what the value is, or cannot hold it."""
    field, meaning = place.field, place.meaning
    if isinstance(field, TimeField) != (meaning.sort is Sort.TIME):
        yield f"{field.name}: {field.stands_for!r} is a {meaning.sort}, which a field of kind {field.kind} cannot be"
    elif isinstance(field, TextField) and meaning.sort is Sort.NUMBER:
        yield f"{field.name}: {field.stands_for!r} is a number; a field of kind text may cut it"
    elif isinstance(field, TextField) and field.stands_for in IDENTIFIERS and (field.cut or field.replace):
        yield f"{field.name}: {field.stands_for!r} names something, and may not be changed; leave out `cut` and `replace`"
    elif isinstance(field, Number):
        yield from _number(layout, field, meaning)
    if meaning.sort is Sort.WORD:
        yield from words(layout, field, meaning)
    elif isinstance(field, Number | TextField):
        for code in field.codes or {}:
            yield from packs(layout, field, code)


def _number(layout: Layout, field: Number, meaning: Meaning) -> Iterator[str]:
    if meaning.sort is Sort.TEXT and field.stands_for not in {"code", "of_code"} and field.codes is None:
        yield f"{field.name}: {field.stands_for!r} is text; a number needs `codes`"
    if isinstance(field, FloatField) and field.codes is not None:
        yield f"{field.name}: a code is no float"
    if isinstance(field, BinaryInteger | FloatField) and not meaning.known and field.absent is None:
        yield f"{field.name}: {field.stands_for!r} may be unknown; say with `absent` which number stands for that"
    if field.absent is not None and not _reads_back(layout, field):
        yield f"{field.name}: its `absent` {field.absent} does not fit it"


def _reads_back(layout: Layout, field: Number) -> bool:
    """Whether a value that is not known is read as one."""
    try:
        return field.unpack(field.pack(None, layout.codec), layout.codec) is None
    except DoesNotFit:
        return False
