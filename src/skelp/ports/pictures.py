"""Stored pictures, and the live one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from skelp.domain.coverage import Interval
from skelp.domain.outcome import Picture


class CropFiles(Protocol):
    """Crops and masks of defects as file contents. None: the crop was never made, or was deleted because of the quota."""

    def picture(self, defect_id: str) -> bytes | None: ...
    def mask(self, defect_id: str) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class CleanSample:
    """A stored piece of steel without defects: its coil, camera, first line and column, and the model that inspected it."""

    sample_id: str
    coil_id: str
    camera: str
    line: int
    column: int
    model_sha256: str


class SampleFiles(Protocol):
    """Random pieces of steel without defects. `sample_png` is None if the sample does not exist."""

    def samples(self) -> list[CleanSample]: ...
    def sample_png(self, sample_id: str) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class NotInspected:
    """Lines that were not, or not fully, inspected. A live viewer shows them instead of, or beside, a picture."""

    camera: str
    coil_id: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class LiveItem:
    """One item of the live picture. `seq` grows by one, so a viewer notices items that it missed."""

    seq: int
    content: Picture | NotInspected


class LiveItems(Protocol):
    """The newest items of the live picture; new items overwrite old ones. `after` gives the items after `seq` that are still stored."""

    def latest(self) -> Picture | None: ...
    def after(self, seq: int) -> list[LiveItem]: ...
