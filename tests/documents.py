"""TOML documents with faults, made from ones that hold."""

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
    """Every table of a document, the document itself first."""
    if isinstance(body, dict):
        yield body
    for inner in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from tables(inner)


def misspelt(body: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The document once for each of its keys, with that key's first letters swapped: the key, how it is spelt now, and the document."""
    for number, table in enumerate(tables(body)):
        for key in table:
            changed = copy.deepcopy(body)
            inside = list(tables(changed))[number]
            wrong = key[1] + key[0] + key[2:] if key[0] != key[1] else key[0] + key
            inside[wrong] = inside.pop(key)
            yield key, wrong, changed
