"""Names that nothing uses, by vulture, as [tool.vulture] in pyproject.toml sets it: python tools/dead_code.py

Fields of what is sent or stored are read by its serialiser, by no name that vulture could see; in the files that define them, variables are left out.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).parents[1]
RECORDS = ("src/skelp/api/schema", "src/skelp/domain/reasons", "src/skelp/domain/events.py", "src/skelp/domain/status.py")
"""Files whose classes are records that are written whole."""


def dead() -> list[str]:
    """One line for each name that nothing uses."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["vulture"]
    looked = Vulture(ignore_names=asked["ignore_names"], ignore_decorators=asked["ignore_decorators"])
    looked.scavenge([ROOT / path for path in asked["paths"]], exclude=asked["exclude"])
    found = looked.get_unused_code(min_confidence=asked["min_confidence"])
    return [item.get_report() for item in found if not (item.typ == "variable" and _is_record(item.filename))]


def _is_record(file: Path) -> bool:
    return file.absolute().relative_to(ROOT).as_posix().startswith(RECORDS)


if __name__ == "__main__":
    lines = dead()
    print("\n".join(lines))
    sys.exit("delete what is dead, or say in [tool.vulture] of pyproject.toml who uses it" if lines else 0)
