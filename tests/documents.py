"""Makes wrong TOML documents from valid ones."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomlkit


def written(folder: Path, body: dict[str, Any]) -> Path:
    file = folder / "file.toml"
    file.write_text(tomlkit.dumps(body), encoding="utf-8")
    return file


def tables(body: Any) -> Iterator[dict[str, Any]]:
    """All tables of a document. The first is the document itself."""
    if isinstance(body, dict):
        yield body
    for inner in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from tables(inner)


def misspelt(body: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """For each key of a document: the key, a misspelling (its first letters swapped), and the document with the misspelling."""
    for number, table in enumerate(tables(body)):
        for key in table:
            changed = copy.deepcopy(body)
            inside = list(tables(changed))[number]
            wrong = key[1] + key[0] + key[2:] if key[0] != key[1] else key[0] + key
            inside[wrong] = inside.pop(key)
            yield key, wrong, changed
