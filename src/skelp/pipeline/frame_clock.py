"""Tells when the lines of a camera were exposed, on a clock that runs on evenly whatever the camera's own clock does."""

from __future__ import annotations

from skelp.domain.strip import CameraFrame, CoilLine

_APART_S, _APART_SHARE = 2.0, 0.01
"""A camera's clock is believed while it differs from the station's by at most so many seconds, plus this share of the time that passed.

A frame may wait before the station takes it, so the two are never equal.
"""
_COMPARED_NS = 60 * 10**9
"""The two clocks are compared over this time, so that a slow drift is no difference."""


class FrameClock:
    """The time of one camera's frames: by the camera's own clock while it is believed, else by the arrival of the frames.

    A camera that is switched off and on begins its clock again, and one that is synchronised moves it by years. From there on its frames
    are timed by their arrival. `arrival_is_time`: frames arrive at the pace of the strip. `free_running`: they tell no time of the strip.
    """

    def __init__(self, *, arrival_is_time: bool, free_running: bool) -> None:
        self._arrival_is_time, self._free_running = arrival_is_time, free_running
        self._believed = True
        self._at_ns: int | None = None
        self._before: tuple[int | None, int] = (None, 0)
        self._compared: tuple[int, int] | None = None

    def at(self, frame: CameraFrame[CoilLine]) -> int | None:
        """When the frame's last line was exposed, in ns since any moment; None if that is not known. It never falls."""
        own, arrived = frame.exposed_ns, frame.time_ns
        if self._free_running or (own is None and not self._arrival_is_time):
            return None
        own_before, arrived_before = self._before
        self._before = own, arrived
        if self._at_ns is None:
            self._at_ns = arrived
            return arrived
        if self._arrival_is_time and own is not None:
            self._compare(own, arrived, own_before, arrived_before)
        by_own = own is not None and own_before is not None and (self._believed or not self._arrival_is_time)
        passed_ns = (own or 0) - (own_before or 0) if by_own else arrived - arrived_before if self._arrival_is_time else 0
        self._at_ns += max(0, passed_ns)
        return self._at_ns

    def _compare(self, own: int, arrived: int, own_before: int | None, arrived_before: int) -> None:
        """Stop believing the camera's clock if it stands, runs backwards, or differs too much from the station's."""
        if self._compared is None:
            self._compared = (own, arrived) if own_before is None else (own_before, arrived_before)
        own_then, arrived_then = self._compared
        passed_ns = arrived - arrived_then
        apart_ns = abs(own - own_then - passed_ns)
        stands = own_before is not None and own <= own_before and arrived > arrived_before
        if stands or apart_ns > _APART_S * 1e9 + _APART_SHARE * passed_ns:
            self._believed = False
        elif passed_ns > _COMPARED_NS:
            self._compared = own, arrived
