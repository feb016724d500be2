"""Common codes: how a plant and a cluster call the classes of a model."""

from __future__ import annotations

from pydantic import BaseModel


class CodesNamed(BaseModel):
    """The name, version and SHA-256 of common codes. GET /kept-codes/{sha256} has all of them."""

    name: str
    version: str
    sha256: str


class DefectCodes(BaseModel):
    """The code of a defect's class in its plant and in the plant's cluster, when the defect was recorded."""

    plant: str
    cluster: str


class ClassCodesOut(DefectCodes):
    """The codes of a class, and what it is called, by language."""

    text: dict[str, str]


class KeptCodesOut(CodesNamed):
    """The codes of each class, as coils were recorded with. `default`: of classes that `classes` does not name; null without one."""

    classes: dict[str, ClassCodesOut]
    default: ClassCodesOut | None
