"""The cameras of a station file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from skelp.domain.strip import Side
from skelp.pictures.depth import LEAST_BITS, MOST_BITS, Reading
from skelp.pictures.order import Order
from skelp.validation import STRICT


class SyntheticCamera(BaseModel):
    """A simulated line-scan camera that sees simulated strip."""

    model_config = STRICT

    kind: Literal["synthetic"]
    name: Annotated[str, Field(min_length=1)] = "sim"
    seed: int = 1
    width: Annotated[int, Field(ge=128, le=32768)] = 4096
    mm_per_px: Annotated[float, Field(gt=0)] = 0.25
    mm_per_line: Annotated[float, Field(gt=0)] = 0.25
    line_rate_hz: Annotated[float, Field(ge=0)] = 4000.0
    """0: as fast as the inspection; then no frame is dropped."""
    frame_lines: Annotated[int, Field(ge=1, le=65536)] = 512
    lines: Annotated[int, Field(ge=1)] | None = None
    noise_dn: Annotated[float, Field(ge=0, le=50)] = 2.5
    bit_error_rate: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    drop_rate: Annotated[float, Field(ge=0, le=1)] = 0.0
    defects: bool = True
    side: Side = Side.TOP
    first_column: Annotated[int, Field(ge=0)] = 0
    strip_px: Annotated[int, Field(ge=128, le=131072)] | None = None
    """Width of the simulated strip in px, if several cameras see one strip; None: the width of this camera."""


class FilesCamera(BaseModel):
    """Picture files. In natural order of their names they are one strip."""

    model_config = STRICT

    kind: Literal["files"]
    name: Annotated[str, Field(min_length=1)] = "files"
    paths: Annotated[tuple[Path, ...], Field(min_length=1)]
    mm_per_px: Annotated[float, Field(gt=0)]
    mm_per_line: Annotated[float, Field(gt=0)]
    side: Side = Side.TOP
    recursive: bool = False
    """Whether the pictures of subfolders belong to the strip."""
    order: Order | None = None
    """None: natural order (frame_2 before frame_10), refused where the names allow another one."""
    bits: Annotated[int, Field(ge=LEAST_BITS, le=MOST_BITS)] | None = None
    """Depth of the values in files of more than 8 bits; None: the files' own."""
    float_range: tuple[float, float] | None = None
    """Black and white in files of floating-point numbers."""
    exif: Literal["turn", "ignore"] = "turn"
    """Whether pictures are turned as their EXIF says."""

    @model_validator(mode="after")
    def _reading_is_possible(self) -> FilesCamera:
        _ = self.reading
        return self

    @property
    def reading(self) -> Reading:
        """How the values of deep files are read. Raises ValueError for a range that cannot be."""
        return Reading(self.bits, self.float_range, self.exif)


class GenicamCamera(BaseModel):
    """A real camera, used through its maker's GenTL producer. Its settings are in a camera file (docs/cameras.md)."""

    model_config = STRICT

    kind: Literal["genicam"]
    name: Annotated[str, Field(min_length=1)]
    file: Path
    """The camera file. A relative path starts at the station file's folder."""
    side: Side = Side.TOP
    isolated: bool = True
    """Whether the driver runs in its own process, so that the station continues if the driver crashes or hangs."""


Camera = Annotated[SyntheticCamera | FilesCamera | GenicamCamera, Field(discriminator="kind")]
