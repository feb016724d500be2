"""Makes sentences of reasons. All other modules use codes and arguments.

words.en.json and words.ko.json have a template and an advice for each code. The console reads the same two files. `{name}` in a template
is an argument. A format after a colon is Python's; the console supports `g`, `.1f` and `.0%`, with any number of digits.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from skelp.domain.errors import SkelpError
from skelp.domain.reasons import Code, Reason

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")


def sentence(reason: Reason, language: Language = "en") -> str:
    """The sentence of a reason. It begins with a small letter and has no full stop."""
    return filled(reason.code, reason.args, language)


def filled(code: Code, args: Mapping[str, Any], language: Language = "en") -> str:
    """The sentence of the reason with this code and these arguments."""
    words = load(language)
    parts = [words["reasons"][code]["text"]]
    parts += [words["with"][name] for name in words["with"] if name in args]
    parts += [words[name][args[name]] for name in ("counted", "then") if name in args]
    return "; ".join(part.format_map(args) for part in parts)


def sentences(reasons: Iterable[Reason], language: Language = "en") -> str:
    """The sentences of several reasons in one line, separated by semicolons."""
    return "; ".join(sentence(r, language) for r in reasons)


def in_words(error: BaseException) -> str:
    """The message of an error. If the error has a reason, the reason's sentence and advice follow."""
    reason = error.reason if isinstance(error, SkelpError) else None
    return f"{error}: {sentence(reason)}. {advice(reason)}" if reason else str(error)


def advice(reason: Reason, language: Language = "en") -> str:
    """What to do about a reason, in one or two sentences."""
    return str(load(language)["reasons"][reason.code]["do"])


def word(kind: str, name: str, language: Language = "en") -> str:
    """The word for a name of the kind state, coil_status, decision, side, class or events.

    A class that the files do not have, because models define their own, is its name with spaces for underscores.
    """
    known: dict[str, str] = load(language)[kind]
    return known[name] if kind != "class" or name in known else name.replace("_", " ")


def phrase(name: str, language: Language = "en", **args: Any) -> str:
    """A text on the coil map, filled in with its arguments."""
    return str(load(language)["map"][name]).format_map(args)


def statement(name: str, language: Language = "en", **args: Any) -> str:
    """A sentence of the statement about a coil's surface, filled in with its arguments."""
    return str(load(language)["certificate"][name]).format_map(args)


@functools.cache
def load(language: Language) -> dict[str, Any]:
    """All templates of a language, by kind and code."""
    words: dict[str, Any] = json.loads(Path(__file__).with_name(f"words.{language}.json").read_text(encoding="utf-8"))
    return words
