"""Cuts what comes over TCP into telegrams: in pieces, several at once, or out of step."""

from __future__ import annotations

from collections.abc import Iterator

from skelp.domain.errors import SkelpError
from skelp_languages.level2.fields import NotUnderstood
from skelp_languages.level2.layout import Fixed, Layout
from skelp_languages.level2.meanings import Value

LONGEST = 65_536
_SHOWN = 256


class OutOfStep(SkelpError):  # noqa: N818 - what happened
    """What came is no telegram of the layout. The connection is closed and made anew: no byte after it can be trusted."""

    def __init__(self, why: str, raw: bytes) -> None:
        more = f" and {len(raw) - _SHOWN} bytes more" if len(raw) > _SHOWN else ""
        super().__init__(f"out of step: {why}; there came {raw[:_SHOWN].hex(' ')}{more}")


class Stream:
    """What came over one connection and is no whole telegram yet."""

    def __init__(self, layout: Layout, *, to_level_2: bool = False) -> None:
        self._layout, self._to_level_2 = layout, to_level_2
        self._came = bytearray()

    @property
    def begun(self) -> bytes:
        """The beginning of a telegram whose rest has not come."""
        return bytes(self._came)

    def cut(self, data: bytes) -> Iterator[bytes]:
        """The telegrams that are whole now. Raises OutOfStep."""
        self._came += data
        while (size := self._size()) is not None and len(self._came) >= size:
            raw = bytes(self._came[:size])
            self._check_fixed(raw)
            del self._came[:size]
            yield raw

    def _size(self) -> int | None:
        """Bytes of the telegram that begins here; None if too little of it came."""
        layout = self._layout
        if len(self._came) < layout.head_width:
            return None
        raw = bytes(self._came)
        self._check_fixed(raw[: layout.head_width])
        try:
            code, length = self._said(raw, "code"), self._said(raw, "length")
        except NotUnderstood as error:
            raise OutOfStep(str(error), raw) from error
        telegram = layout.telegram_of(code, to_level_2=self._to_level_2)
        known = layout.size(telegram) if telegram else None
        if layout.in_head("length") is None:
            if known is None:
                raise OutOfStep(f"there is no telegram {code!r}, and the header has no length by which it could be passed over", raw)
            return known
        size = length + layout.uncounted if isinstance(length, int) else 0
        if not layout.head_width + layout.end_width <= size <= LONGEST:
            raise OutOfStep(f"a telegram cannot have the length {length}", raw)
        if known is not None and size != known:
            raise OutOfStep(f"{code} has {size} bytes, and the layout has {known}", raw)
        return size

    def _said(self, raw: bytes, value: str) -> Value:
        place = self._layout.in_head(value)
        return None if place is None else place.of(raw, self._layout.codec)

    def _check_fixed(self, raw: bytes) -> None:
        """Refuse bytes that differ from a constant of the header, or of the end if they are a whole telegram."""
        layout, at = self._layout, len(raw) - self._layout.end_width
        fixed = [(p.at, p.field) for p in layout.head if isinstance(p, Fixed)]
        for filler in layout.file.end if len(raw) > layout.head_width else ():
            fixed.append((at, filler))
            at += filler.width
        for place, filler in fixed:
            if filler.fixed is not None and raw[place : place + filler.width] != filler.fixed:
                raise OutOfStep(f"{filler.fixed.hex(' ')} must stand at byte {place}", raw)
