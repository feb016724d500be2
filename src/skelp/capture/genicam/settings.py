"""A camera file: which device, the size of its frames, and what it is set to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from skelp.validation import STRICT, load

Value = bool | int | float | str
EXECUTE = "execute"
"""The value that runs a command feature."""
_ENCODER_CHUNK: tuple[tuple[str, Value], ...] = (("ChunkModeActive", True), ("ChunkSelector", "EncoderValue"), ("ChunkEnable", True))


class CameraSettings(BaseModel):
    """One camera. `features` are set in their order, after pixel format, width and height; a selector may come several times."""

    model_config = STRICT

    producer: Annotated[str, Field(min_length=1)]
    """Path of the GenTL producer (.cti), from the camera file's folder if relative; `viky` is the one inside the genicam package."""
    serial: Annotated[str, Field(min_length=1)]
    width: Annotated[int, Field(ge=1, le=65536)]
    frame_lines: Annotated[int, Field(ge=1, le=65536)]
    mm_per_px: Annotated[float, Field(gt=0)]
    """Across the strip. `skelp calibrate` finds it, and the three below, and writes them."""
    mm_per_line: Annotated[float, Field(gt=0)]
    """Along the strip: speed / line rate, or the encoder's mm per count x counts per line."""
    first_column: Annotated[int, Field(ge=0)] = 0
    """Where its picture begins among those of its side, px from the operator side."""
    behind_mm: Annotated[float, Field(ge=0)] = 0.0
    """How much further down the line it stands than the first camera: what it sees later is the same steel."""
    pixel_format: str = "Mono8"
    line_rate_hz: Annotated[float, Field(gt=0)] | None = None
    """Lines a second of a camera that runs free: silence is then loss. None: an encoder triggers it, and silence may mean that the
    strip stands."""
    features: tuple[tuple[str, Value], ...] = ()
    encoder_counts_per_line: Annotated[float, Field(gt=0)] | None = None
    """Counts of ChunkEncoderValue from one line to the next, usually EncoderDivider: lines are then placed by the encoder after a loss,
    and beside other cameras. None: the chunk is not asked for."""
    flat_field: str | None = None
    """File with this camera's references, from the camera file's folder if relative; `skelp flatfield` takes them."""
    buffers: Annotated[int, Field(ge=4, le=1024)] = 16
    first_frame_id: Annotated[int, Field(ge=0)] | None = None
    """What the camera calls the first frame after a start. None: 1 as GigE Vision counts, else 0."""
    silent_frames: Annotated[int, Field(ge=2)] = 5
    """Frame periods without a frame after which a camera that runs free is silent."""
    reopen_after_s: Annotated[float, Field(gt=0)] = 5.0
    """A camera that runs free and is silent for so long is closed and opened again, whatever it says of itself."""

    @model_validator(mode="after")
    def _the_count_goes_on(self) -> CameraSettings:
        if self.encoder_counts_per_line is not None and any(name == "EncoderReset" for name, _ in self.features):
            raise ValueError("EncoderReset among the features would make the encoder's count begin anew each time; reset it by hand, once")
        return self

    @property
    def in_order(self) -> tuple[tuple[str, Value], ...]:
        """Every feature that is set, the frame's size first."""
        size: tuple[tuple[str, Value], ...] = (("PixelFormat", self.pixel_format), ("Width", self.width), ("Height", self.frame_lines))
        return (*size, *self.features, *(_ENCODER_CHUNK if self.encoder_counts_per_line is not None else ()))


def load_camera_file(file: Path) -> CameraSettings:
    """Read a camera file. Raises SkelpError that names every key at fault."""
    settings = load(file, CameraSettings, "camera file", "edge/cameras/ holds examples to copy")
    there = {key: str((file.parent / value).resolve()) for key in ("producer", "flat_field") if (value := getattr(settings, key))}
    if settings.producer == "viky":
        del there["producer"]
    return settings.model_copy(update=there)
