"""Write docs/reasons.md and docs/events.md from the code: python tools/reference.py"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import Field, fields
from enum import EnumMeta
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from skelp.domain.alarms import COST
from skelp.domain.coded import key_of
from skelp.domain.events import PAYLOADS, Kind
from skelp.domain.reasons import Code, Counted, Reason
from skelp.domain.reasons.code import CLASSES
from skelp.render.words import load

DOCS = Path(__file__).parents[1] / "docs"
_GROUPS = {
    "line": "Lines that were lost or screened",
    "camera": "Cameras",
    "picture": "Pictures",
    "strip": "The strip in the picture",
    "file": "Files",
    "optics": "Lamp and lens",
    "records": "Records",
    "webhook": "Webhooks",
    "connection": "Connections to the plant's systems",
    "station": "The station",
    "roll": "Rolls",
    "model": "Models",
    "coil": "Decisions on coils",
    "recipe": "Recipes that are refused",
    "severity": "Severity of a defect",
    "other": "Stored before reasons had codes",
}
_COSTS = {1: "steel is not inspected", 2: "quality", 3: "drift", 4: "records"}

REASONS_HEAD = """# Reason codes

`python tools/reference.py` makes this page from the code, and a test holds it to the code.

A reason is `{"code": ..., "args": {...}, "text": ...}`.

- Programs use `code` and `args`. The part of a code before the dot says what it is about.
- `text` is an English sentence for people. It may change at any time.
- An argument with `?` is left out where it does not apply.
- Codes and arguments may be added. They are never changed or removed.

A program that does not know a code must treat it as the state that it explains. Example: an interval with the state `lost` and an unknown
code is lost steel, and a coil with the decision `hold` and an unknown code is on hold.

| Where | What the reason explains |
|---|---|
| `GET /coils/{id}`: `reasons` | why the coil is accepted or on hold |
| `GET /coils/{id}/coverage`: `reason` | why lines are degraded or lost, or that inspected lines were screened; else `null` |
| `GET /alarms`: `reasons` | why there is an alarm |
| `GET /defects/{id}`: `severity_because` | why the defect has its severity |
| `GET /station` and problem documents: `reason` | why the station does not inspect, or refuses |
| events: `reason`, `reasons` | see [events.md](events.md) |

## How lines were counted

Reasons of lost lines have the argument `counted` where the number of lines had to be found out. The most exact way is first:

| `counted` | Meaning |
|---|---|
"""

EVENTS_HEAD = """# Events

`python tools/reference.py` makes this page from the code, and a test holds it to the code.

An event is `{"seq": ..., "time": ..., "kind": ..., "coil_id": ..., "data": {...}}`. [rest.md](rest.md) says how to read each event once.

- `coil_id` is empty where an event is about no coil.
- A field of `data` with `?` is left out where it does not apply.
- Every `reason` is one of [reasons.md](reasons.md).
- Kinds and fields may be added. They are never changed or removed.

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
        "\nThe last column is the `cost` of the alarm that an event raises (`GET /alarms`). A defect raises an alarm from severity 3 on. "
        "A final coil raises one if it is on hold.\n"
    )


def _meaning(kind: type[Any]) -> str:
    return " ".join((kind.__doc__ or "").split())


def _arguments(kind: type[Any]) -> str:
    hints = get_type_hints(kind)
    return ", ".join(_argument(f, hints[f.name]) for f in fields(kind))


def _argument(field: Field[Any], hint: Any) -> str:
    return f"`{key_of(field.name)}{'?' if field.default is None else ''}` {_type(hint)}"


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
