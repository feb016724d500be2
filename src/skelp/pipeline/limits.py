"""The sizes of a line."""

from __future__ import annotations

from dataclasses import dataclass

from skelp.pipeline.blocks import BLOCK_LINES
from skelp.pipeline.line_states import RUNNING_FROM_M_S


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes of a line.

    `block_lines`: lines of a block without context. `ring_frames`: frames that the queue holds for each camera; a live camera loses
    frames when it is full. `automatic_lines`: a coil that nobody announced ends after this number of lines; None: never.
    `running_from_m_s`: speed from which the line runs (line_states.py).
    """

    block_lines: int = BLOCK_LINES
    ring_frames: int = 16
    automatic_lines: int | None = None
    running_from_m_s: float = RUNNING_FROM_M_S
