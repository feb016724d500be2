"""Names that nothing uses, by vulture, as [tool.vulture] in pyproject.toml sets it: python tools/dead_code.py

The fields of a record that is sent or stored are read by its serialiser, under no name that vulture could see. In the files that define
such records, variables are left out.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vulture import Vulture
from vulture.core import Item

ROOT = Path(__file__).parents[1]
CLIENT_RECORDS = tuple(f"src/client/skelp_client/{name}.py" for name in ("records", "status", "decisions", "models", "pieces", "results"))
CLIENT_FACE = tuple(f"src/client/skelp_client/{name}.py" for name in ("station", "aio", "connection", "aio_connection"))
"""Files whose methods other programs call."""
RECORDS = ("src/skelp/api/schema", "src/skelp/domain/reasons", "src/skelp/domain/events", "src/skelp/domain/status.py", *CLIENT_RECORDS)
"""Files whose classes are records that are written whole, or read whole by the programs of others."""


def settings() -> dict[str, Any]:
    """The table [tool.vulture]."""
    tables: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["vulture"]
    return tables


def dead(asked: dict[str, Any], ignored: Sequence[str]) -> dict[str, str]:
    """Names that nothing uses, each with one line that says where. `ignored` are names that are used from elsewhere."""
    looked = Vulture(ignore_names=ignored, ignore_decorators=asked["ignore_decorators"])
    looked.scavenge([ROOT / path for path in asked["paths"]], exclude=asked["exclude"])
    found = looked.get_unused_code(min_confidence=asked["min_confidence"])
    return {item.name: item.get_report() for item in found if not _used_elsewhere(item)}


def _used_elsewhere(item: Item) -> bool:
    file = item.filename.absolute().relative_to(ROOT).as_posix()
    return (item.typ == "variable" and file.startswith(RECORDS)) or (item.typ in ("method", "property") and file in CLIENT_FACE)


if __name__ == "__main__":
    unused = dead(settings(), settings()["ignore_names"])
    print(*unused.values(), sep="\n", end="\n" if unused else "")
    sys.exit("delete what nothing uses, or say in [tool.vulture] of pyproject.toml who uses it" if unused else 0)
