"""Makes a GenICam camera a frame source, and reopens the camera if it is lost.

closed --with--> streaming --link down, or silent for reopen_after_s--> lost --camera reopened--> streaming
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from skelp.capture.flat_field import FlatField, References
from skelp.capture.genicam.gaps import DeliveredFrame, GapDetector
from skelp.capture.genicam.link import GENICAM_ERRORS, CameraError, Link
from skelp.capture.genicam.pixel_formats import to_grey
from skelp.capture.genicam.settings import CameraSettings
from skelp.domain.errors import SkelpError
from skelp.domain.events import CameraBack, CameraLost, Publish, nowhere
from skelp.domain.reasons import CameraNoAnswer, CameraNoFrames, Gap
from skelp.domain.strip import CameraView, Capture, OwnLine, Pixels

_POLL_S = 0.001
_IDLE_S = 0.05
_CHECK_LINK_EVERY_S = 0.5
_FIRST_RETRY_S, _MAX_RETRY_S = 0.5, 10.0


class GenicamSource:
    """Reads a GenICam camera. Satisfies ports.FrameSource.

    It publishes CameraLost when the camera is lost, and CameraBack when the camera sends frames again.
    """

    def __init__(self, settings: CameraSettings, view: CameraView, publish: Publish = nowhere) -> None:
        """Loads the flat field. Raises SkelpError if it cannot be read, or if `view` and the camera file differ in width."""
        if view.width != settings.width:
            raise CameraError(
                f"camera {view.camera}: width is {settings.width} px in the camera file, but {view.width} px in the station; make them "
                "equal"
            )
        self._flat = FlatField(References.load(Path(settings.flat_field)), settings.width) if settings.flat_field else None
        self._view = replace(view, gain=self._flat.gain) if self._flat else view
        self._settings, self._publish = settings, publish
        self._link: Link | None = None
        self._lost_at: float | None = None

    @property
    def view(self) -> CameraView:
        return self._view

    @property
    def live(self) -> bool:
        return True

    def __enter__(self) -> Self:
        try:
            self._link = Link(self._settings)
        except (*GENICAM_ERRORS, SkelpError) as error:
            raise CameraError(f"camera {self._view.camera} ({self._settings.serial}) cannot be opened: {error}") from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        link, self._link = self._link, None
        if link:
            link.close()

    def captures(self) -> Iterator[Capture[OwnLine] | None]:
        """Yields frames and losses from line 0 on, and None if nothing came for 50 ms, so that the caller can stop."""
        if self._link is None:
            raise RuntimeError("GenicamSource.captures outside of `with`")
        settings, self._lost_at = self._settings, None
        gaps = GapDetector(self._view.camera, settings.frame_lines, settings.line_rate_hz, settings.silent_frames, time.monotonic())
        gaps.opened(self._link.first_id)
        link_checked = time.monotonic()
        while self._link is not None:
            asked = time.monotonic()
            frame = self._next_frame(self._link)
            now = time.monotonic()
            if frame is not None:
                self._publish_back(now)
                yield from gaps.add(frame, now)
                continue
            # Not until `now`: this process may have stood still since it asked last, and frames may wait in the buffers.
            yield gaps.report_silence(asked)
            yield gaps.report_undelivered(*self._link.counters())
            if now - link_checked > _CHECK_LINK_EVERY_S:
                link_checked = now
                if not self._link.is_up():
                    yield from self._reopen(gaps, CameraNoAnswer())
                elif gaps.is_silent(now) and gaps.silent_s(now) > settings.reopen_after_s:
                    yield from self._reopen(gaps, CameraNoFrames(silent_s=settings.reopen_after_s))

    def _next_frame(self, link: Link) -> DeliveredFrame | None:
        """Returns a copy of the next frame, or None if none came for 50 ms."""
        until = time.monotonic() + _IDLE_S
        try:
            while (buffer := link.fetch()) is None:
                if time.monotonic() > until:
                    return None
                time.sleep(_POLL_S)
        except GENICAM_ERRORS:
            return None  # the link is down; Link.is_up reports it
        try:
            pixels, chunks = self._pixels(buffer), link.chunks
            lines = pixels.shape[0]
            at, each, exposed_ns = chunks.strip_line(), chunks.positions(lines), chunks.exposed_ns(lines)
            return DeliveredFrame(int(buffer.module.frame_id), pixels, *link.counters(), at, each, exposed_ns)
        finally:
            buffer.queue()

    def _pixels(self, buffer: Any) -> Pixels:
        """Copies the image out of a buffer, because the producer overwrites the buffer later. Returns uint8 [lines delivered, width].

        The bytes are unpacked here, because harvesters does not unpack all pixel formats.
        """
        settings, component = self._settings, buffer.payload.components[0]
        if component.width != settings.width or component.height > settings.frame_lines:
            raise CameraError(
                f"camera {self._view.camera} sends frames of {component.width} x {component.height} px, but its camera file says "
                f"{settings.width} x {settings.frame_lines}; check whether another program changes its settings"
            )
        lines = min(component.delivered_image_height or component.height, component.height)
        raw = np.frombuffer(buffer.module.raw_buffer, np.uint8)
        return to_grey(raw, component.data_format, lines, component.width, component.x_padding, self._copy)

    def _copy(self, grey: Pixels) -> Pixels:
        return self._flat.correct(grey) if self._flat else grey.copy()

    def _reopen(self, gaps: GapDetector, reason: Gap) -> Iterator[Capture[OwnLine] | None]:
        """Closes the camera and tries to open it again, until it is open. The pause between two retries grows from 0.5 s to 10 s."""
        now = time.monotonic()
        if self._lost_at is None:
            self._lost_at = now
            self._publish(CameraLost(self._view.camera, reason))
        retry_s = _FIRST_RETRY_S
        yield gaps.camera_lost(reason)
        while self._link is not None:
            self._link.close()
            until = time.monotonic() + retry_s
            while time.monotonic() < until:
                time.sleep(_IDLE_S)
                yield gaps.report_silence(time.monotonic())
            try:
                self._link = Link(self._settings)
            except (*GENICAM_ERRORS, SkelpError):
                retry_s = min(2 * retry_s, _MAX_RETRY_S)
                continue
            now = time.monotonic()
            yield gaps.camera_reopened(self._link.first_id, now)
            if self._settings.line_rate_hz is None:  # the strip may stand, so it may be long until the first frame
                self._publish_back(now)
            return

    def _publish_back(self, now: float) -> None:
        """Publishes CameraBack if the camera was lost."""
        if self._lost_at is not None:
            self._publish(CameraBack(self._view.camera, round(now - self._lost_at, 1)))
            self._lost_at = None
