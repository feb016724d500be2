"""linesim uses GenTL's names with the values of the standard, as the genicam package has them."""

from __future__ import annotations

import re
from enum import IntEnum
from pathlib import Path

from genicam import gentl

from tests.linesim import TOOL

HEADER = (TOOL / "gentl.h").read_text()
ENUMERATIONS = [v for v in vars(gentl).values() if isinstance(v, type) and issubclass(v, IntEnum)]
STANDARD = {name: int(member) for enumeration in ENUMERATIONS for name, member in enumeration.__members__.items()}
"""Every name that the genicam package has from the GenTL standard, with its value."""


def test_names_in_the_header_have_the_values_of_the_standard() -> None:
    declared = {name: int(value) for name, value in re.findall(r"\b([A-Z][A-Z0-9_]+) = (-?\d+)", HEADER)}
    assert len(declared) > 100
    assert declared == {name: STANDARD.get(name) for name in declared}


def test_enumerations_in_the_header_give_every_value() -> None:
    bodies = re.findall(r"enum \w+ \{([^}]*)\}", HEADER)
    members = [member.strip() for body in bodies for member in body.split(",") if member.strip()]
    assert members
    assert [m for m in members if "=" not in m] == []


def test_information_is_asked_for_by_name() -> None:
    """A function that answers information has a `switch`, and each `case` in it is a name."""
    cases = {file.name: re.findall(r"case (\w+):", file.read_text()) for file in Path(TOOL).glob("*.c")}
    assert len(cases["data_stream.c"]) > 40
    assert [(file, case) for file, found in cases.items() for case in found if case.isdigit()] == []
