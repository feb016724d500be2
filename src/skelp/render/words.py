"""Reasons in sentences. This is where words enter: everything before it speaks in codes and arguments.

words.en.json and words.ko.json hold one template a code, and what to do. The console reads the same two files, so a sentence stands
once in each language. A template's `{name}` is an argument; formats after a colon are Python's, of which the console knows `g`, `.1f` and
`.0%` with any number of digits.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from skelp.domain.errors import SkelpError
from skelp.domain.reasons import Reason

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")


def sentence(reason: Reason, language: Language = "en") -> str:
    """The reason in words, beginning with a small letter and without a full stop."""
    words, args = load(language), reason.args
    parts = [words["reasons"][reason.code]["text"]]
    parts += [words["with"][name] for name in words["with"] if name in args]
    parts += [words["counted"][args["counted"]]] if "counted" in args else []
    return "; ".join(part.format_map(args) for part in parts)


def sentences(reasons: Iterable[Reason], language: Language = "en") -> str:
    """Several reasons in one line."""
    return "; ".join(sentence(r, language) for r in reasons)


def in_words(error: BaseException) -> str:
    """An error's message, with the sentence of its reason and what to do about it, if it has a reason."""
    reason = error.reason if isinstance(error, SkelpError) else None
    return f"{error}: {sentence(reason)}. {advice(reason)}" if reason else str(error)


def advice(reason: Reason, language: Language = "en") -> str:
    """What to do about it: one or two sentences."""
    return str(load(language)["reasons"][reason.code]["do"])


def word(kind: str, name: str, language: Language = "en") -> str:
    """A word of one of the kinds state, coil_status, decision, side, class and events.

    A class that the files do not know (every model has its own) keeps its name, with spaces for underscores.
    """
    known: dict[str, str] = load(language)[kind]
    return known[name] if kind != "class" or name in known else name.replace("_", " ")


def phrase(name: str, language: Language = "en", **args: Any) -> str:
    """Text on the coil map, with its arguments filled in."""
    return str(load(language)["map"][name]).format_map(args)


@functools.cache
def load(language: Language) -> dict[str, Any]:
    """Templates by kind and code."""
    words: dict[str, Any] = json.loads(Path(__file__).with_name(f"words.{language}.json").read_text(encoding="utf-8"))
    return words
