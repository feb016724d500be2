"""Chooses the language of a picture: ?lang= if given, else the best match of the Accept-Language header (RFC 9110)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Query

from skelp.render.words import LANGUAGES, Language


def _reader_language(
    lang: Annotated[Language | None, Query(description="Language of the text. Default: that of Accept-Language, else en.")] = None,
    accept_language: Annotated[str, Header(max_length=1000)] = "",
) -> Language:
    return lang or best(accept_language)


ReaderLanguage = Annotated[Language, Depends(_reader_language)]
"""Type of a route's language parameter."""


def best(accepted: str) -> Language:
    """The supported language that an Accept-Language header prefers; English if it names none.

    Example: "ko-KR, en;q=0.8" gives "ko".
    """
    known: dict[str, Language] = {name: name for name in LANGUAGES}
    wanted = [(weight, known[tag]) for tag, weight in map(_weighted, accepted.split(",")) if tag in known and weight > 0]
    return max(wanted, key=lambda w: w[0], default=(0.0, LANGUAGES[0]))[1]


def _weighted(part: str) -> tuple[str, float]:
    """A language without its region, and its weight. A weight that is not a number counts as 0."""
    tag, _, q = part.partition(";")
    try:
        weight = float(q.strip().removeprefix("q=")) if q else 1.0
    except ValueError:
        weight = 0.0
    return tag.strip().partition("-")[0].lower(), weight
