"""The states of the line in which a coil passed."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from skelp.api.schema.base import Body, Metres

Told = Literal["threading", "running", "slowing", "stopped", "reversed", "weld_seam"]


class StateIn(Body):
    """Tells in which state a stretch of a coil passed, as the MES knows it.

    Without `from_m` it begins where the running coil is now. threading, running and slowing need `to_m`. stopped and reversed are places
    and take none. A weld seam without `to_m` reaches 0.25 m to both sides; it is at most 10 m long.
    """

    state: Told
    from_m: Metres | None = None
    to_m: Metres | None = None


class StateOut(BaseModel):
    """A stretch of a coil that passed in one state. States may lie upon each other: the coil runs, and its weld seam passes.

    `by`: how it is known. `started_at`: when it began; of a state that the MES told, when it told it. stopped and reversed are places,
    where the coil did not grow. The four lengths say what was inspected in it.
    """

    state: Literal["threading", "running", "slowing", "stopped", "reversed", "weld_seam", "no_strip", "head_crop", "tail_crop"]
    by: Literal["speed", "encoder", "picture", "recipe", "mes"]
    from_m: float
    to_m: float
    started_at: datetime | None
    duration_s: float | None
    slowest_m_s: float | None
    fastest_m_s: float | None
    again_m: float
    inspected_m: float
    screened_m: float
    degraded_m: float
    lost_m: float


class StateList(BaseModel):
    """The states in which a coil passed, from the head on."""

    coil_id: str
    states: list[StateOut]


class LineNowOut(BaseModel):
    """What the line does now. `speed_m_s` is null if it is not known, as while the strip runs back."""

    state: Literal["threading", "running", "slowing", "stopped", "reversed"]
    speed_m_s: float | None
