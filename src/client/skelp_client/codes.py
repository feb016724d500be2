"""Common codes: how a plant and its cluster of companies call the classes of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodesNamed:
    """The name, version and SHA-256 of the codes that a coil was recorded with."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DefectCodes:
    """The code of a defect's class in the plant and in the cluster, when the defect was recorded."""

    plant: str
    cluster: str


@dataclass(frozen=True, slots=True)
class ClassCodes(DefectCodes):
    """The codes of a class, and what it is called, by language (`en`, `ko`)."""

    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeptCodes(CodesNamed):
    """The codes of each class. `default`: of classes that `classes` does not name; None without one."""

    classes: Mapping[str, ClassCodes]
    default: ClassCodes | None

    def of(self, class_name: str) -> ClassCodes | None:
        """The codes of a class; None if it has none."""
        return self.classes.get(class_name, self.default)
