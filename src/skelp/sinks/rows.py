"""Database rows to domain values and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from skelp.domain.coilmap import Coil, Status
from skelp.domain.defect import Defect
from skelp.domain.review import Review, Verdict
from skelp.domain.strip import Side

Row = Mapping[str, Any] | RowMapping

_DEFECT = [f.name for f in fields(Defect) if f.name != "patch"]
_COIL = [f.name for f in fields(Coil)]
_REVIEW = [f.name for f in fields(Review)]


def iso(moment: datetime) -> str:
    """A time as the database and the API write it: ISO 8601 UTC, milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> str:
    """This moment, as the database writes it."""
    return iso(datetime.now(UTC))


def coil(row: Row) -> Coil:
    """A coil from its row."""
    values = {name: row[name] for name in _COIL}
    values["status"] = Status(row["status"])
    values["started_at"] = datetime.fromisoformat(row["started_at"])
    values["finished_at"] = datetime.fromisoformat(row["finished_at"]) if row["finished_at"] else None
    return Coil(**values)


def of_coil(coil: Coil) -> dict[str, Any]:
    """The columns of a coil."""
    values = {name: getattr(coil, name) for name in _COIL}
    finished = coil.finished_at
    return values | {
        "status": coil.status.value,
        "started_at": iso(coil.started_at),
        "finished_at": iso(finished) if finished else None,
    }


def defect(row: Row) -> Defect:
    """A defect from its row; its picture is not in the database."""
    values: dict[str, Any] = {name: row[name] for name in _DEFECT}
    return Defect(**values | {"side": Side(row["side"])})


def of_defect(defect: Defect) -> dict[str, Any]:
    """The columns of a defect."""
    return {name: getattr(defect, name) for name in _DEFECT} | {"side": defect.side.value}


def review(row: Row) -> Review:
    """A review from its row."""
    return Review(**{name: row[name] for name in _REVIEW} | {"verdict": Verdict(row["verdict"])})
