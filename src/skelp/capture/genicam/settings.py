"""Reads a camera file: which device it is, the size of its frames, and the values of its features."""

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
    """The camera file of one camera. A relative path in it starts from the folder of the file."""

    model_config = STRICT

    producer: Annotated[str, Field(min_length=1)]
    """Path of the GenTL producer (.cti). `viky` is the simulated area-scan camera inside the genicam package."""
    serial: Annotated[str, Field(min_length=1)]
    width: Annotated[int, Field(ge=1, le=65536)]
    frame_lines: Annotated[int, Field(ge=1, le=65536)]
    mm_per_px: Annotated[float, Field(gt=0)]
    """Size of a pixel across the strip. `skelp calibrate` measures and writes this key and the next three."""
    mm_per_line: Annotated[float, Field(gt=0)]
    """Size of a line along the strip: speed / line rate, or the encoder's mm per count x counts per line."""
    first_column: Annotated[int, Field(ge=0)] = 0
    """Where this camera's image begins on its side of the strip, in px from the operator side."""
    behind_mm: Annotated[float, Field(ge=0)] = 0.0
    """The distance by which the camera stands further down the line than the first camera. It sees the same steel later."""
    pixel_format: str = "Mono8"
    line_rate_hz: Annotated[float, Field(gt=0)] | None = None
    """Lines a second of a free-running camera. While such a camera is silent, its lines are lost.

    None: an encoder triggers the lines. While the camera is silent, the strip may stand, so no line is lost."""
    features: tuple[tuple[str, Value], ...] = ()
    """Features with their values, set in this order after the pixel format, width and height. A selector may come several times."""
    encoder_counts_per_line: Annotated[float, Field(gt=0)] | None = None
    """Counts of ChunkEncoderValue from one line to the next, usually the value of EncoderDivider.

    With it, the encoder's count gives the number of lost lines, and the position of this camera's lines among those of the other cameras.
    None: the camera does not send the chunk."""
    flat_field: str | None = None
    """File with the references of the flat-field correction. `skelp flatfield` writes it."""
    buffers: Annotated[int, Field(ge=4, le=1024)] = 16
    first_frame_id: Annotated[int, Field(ge=0)] | None = None
    """The id of the first frame after a start. None: 1 for a GigE Vision camera, 0 for others."""
    silent_frames: Annotated[int, Field(ge=2)] = 5
    """A free-running camera is silent after this many frame periods without a frame."""
    reopen_after_s: Annotated[float, Field(gt=0)] = 5.0
    """A free-running camera that was silent for this time is closed and opened again, even if it still answers."""

    @model_validator(mode="after")
    def _refuse_encoder_reset(self) -> CameraSettings:
        if self.encoder_counts_per_line is not None and any(name == "EncoderReset" for name, _ in self.features):
            raise ValueError(
                "features has EncoderReset, which would restart the encoder's count each time the camera is opened; remove it, and reset "
                "the encoder once by hand"
            )
        return self

    @property
    def in_order(self) -> tuple[tuple[str, Value], ...]:
        """All features to set, in order: the frame's format and size, `features`, and the encoder chunk if it is needed."""
        size: tuple[tuple[str, Value], ...] = (("PixelFormat", self.pixel_format), ("Width", self.width), ("Height", self.frame_lines))
        return (*size, *self.features, *(_ENCODER_CHUNK if self.encoder_counts_per_line is not None else ()))


def load_camera_file(file: Path) -> CameraSettings:
    """Reads a camera file and makes its paths absolute. Raises SkelpError that names every wrong key."""
    settings = load(file, CameraSettings, "camera file", "edge/cameras/ holds examples to copy")
    paths = {key: str((file.parent / value).resolve()) for key in ("producer", "flat_field") if (value := getattr(settings, key))}
    if settings.producer == "viky":
        del paths["producer"]
    return settings.model_copy(update=paths)
