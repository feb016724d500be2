"""Write docs/reasons.md and docs/events.md from the code: python tools/reference.py"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import Field, fields
from enum import EnumMeta
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from skelp.domain.alarms import COST
from skelp.domain.events import PAYLOADS, Kind
from skelp.domain.reasons import Code, Counted, Reason
from skelp.domain.reasons.code import CLASSES
from skelp.render.words import load

DOCS = Path(__file__).parents[1] / "docs"
_GROUPS = {
    "line": "Lines without pixels",
    "camera": "Cameras",
    "picture": "Pictures",
    "strip": "The strip in the picture",
    "file": "Files",
    "optics": "Lamp and lens",
    "records": "Records",
    "station": "The station",
    "coil": "Decisions on coils",
    "other": "Older than codes",
}
_COSTS = {1: "steel is not inspected", 2: "quality", 3: "drift", 4: "records"}

REASONS_HEAD = """# Reason codes

This page is made from the code by `python tools/reference.py`; a test holds it to the code.

A reason is `{"code": ..., "args": {...}, "text": ...}`. Programs use `code` and `args`. `text` is the English sentence for people; its
wording may change at any time. Codes and arguments are only ever added. The part of the code before the dot says what it is about.
An argument with `?` is left out where it does not apply.

Reasons stand in `GET /coils/{id}` (`reasons`: why it is accepted or on hold), `GET /coils/{id}/coverage` (`reason`: why lines are
degraded or lost), `GET /alarms`, `GET /station`, events and problem documents.

A program that does not know a code must treat it as it treats the state that it explains: lines that are lost or degraded were not
inspected, and a coil on hold is on hold.

## How lines were counted

Reasons of lost lines have the argument `counted` where the number of lines had to be found out:

| `counted` | Meaning |
|---|---|
"""

EVENTS_HEAD = """# Events

This page is made from the code by `python tools/reference.py`; a test holds it to the code.

An event is `{"seq": ..., "time": ..., "kind": ..., "coil_id": ..., "data": {...}}`; [rest.md](rest.md) says how to read all of them once.
`coil_id` is empty where an event is about no coil. Kinds and fields of `data` are only ever added. A field with `?` is left out where it
does not apply. Every `reason` is one of [reasons.md](reasons.md).

| Kind | What happened | `data` | Alarm |
|---|---|---|---|
"""


def reasons_page() -> str:
    """docs/reasons.md."""
    words = load("en")
    page = REASONS_HEAD + "".join(f"| `{c.value}` | {_plain(words['counted'][c])} |\n" for c in Counted)
    for group, title in _GROUPS.items():
        page += f"\n## {title}\n\n| Code | Arguments | What it means | What to do |\n|---|---|---|---|\n"
        for code in Code:
            if code.value.split(".")[0] == group:
                kind = CLASSES[code]
                page += f"| `{code.value}` | {_arguments(kind)} | {_meaning(kind)} | {words['reasons'][code]['do']} |\n"
    return page


def events_page() -> str:
    """docs/events.md."""
    page = EVENTS_HEAD
    for kind in Kind:
        cost = f"{int(COST[kind])}: {_COSTS[COST[kind]]}" if kind in COST else ""
        page += f"| `{kind.value}` | {_meaning(PAYLOADS[kind])} | {_arguments(PAYLOADS[kind])} | {cost} |\n"
    return page + (
        "\nThe last column is the `cost` of the alarm that an event raises (`GET /alarms`). A defect raises one from severity 3 on, "
        "a final coil if it is on hold.\n"
    )


def _meaning(kind: type[Any]) -> str:
    return " ".join((kind.__doc__ or "").split())


def _arguments(kind: type[Any]) -> str:
    hints = get_type_hints(kind)
    return ", ".join(_argument(f, hints[f.name]) for f in fields(kind))


def _argument(field: Field[Any], hint: Any) -> str:
    name = "class" if field.name == "class_name" else field.name
    return f"`{name}{'?' if field.default is None else ''}` {_type(hint)}"


def _type(hint: Any) -> str:
    if isinstance(hint, UnionType):
        return _type(next(a for a in get_args(hint) if a is not type(None)))
    if get_origin(hint) is tuple:
        return f"list of {_type(get_args(hint)[0])}s"
    if hint is Reason:
        return "reason"
    return "text" if isinstance(hint, EnumMeta) else {str: "text", int: "integer", float: "number", bool: "true or false"}[hint]


def _plain(template: str) -> str:
    """A template as documentation shows it: arguments by their names."""
    return template.replace("{", "`").replace(":g}", "`").replace(":.0f}", "`").replace("}", "`")


def pages() -> Iterable[tuple[Path, str]]:
    """Both pages and where they belong."""
    yield DOCS / "reasons.md", reasons_page()
    yield DOCS / "events.md", events_page()


if __name__ == "__main__":
    for file, text in pages():
        file.write_text(text, encoding="utf-8")
