"""A GenICam camera as a frame source. This file also works round four habits of harvesters 1.4.3.

- `fetch` holds the interpreter's lock while it waits, and never returns if every buffer is incomplete. So `try_fetch` is called with
  next to no timeout, and the thread sleeps between two calls.
- A buffer is overwritten once it is given back. So its pixels are copied first.
- An acquirer never recovers from a lost camera. So everything is closed and opened again.
- It returns incomplete buffers without a word. So a callback counts them.

    closed --with--> streaming --silent too long, or the link is gone--> away --opened again--> streaming
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import genicam
import numpy as np
from genicam import genapi, gentl
from harvesters.core import Callback, Harvester, ImageAcquirer

from skelp.capture.flat_field import FlatField, References
from skelp.capture.genicam.account import Delivered, FrameAccount
from skelp.capture.genicam.features import apply
from skelp.capture.genicam.pixel_formats import to_grey
from skelp.capture.genicam.settings import CameraSettings
from skelp.domain.errors import SkelpError
from skelp.domain.events import CameraBack, CameraLost, Publish, nowhere
from skelp.domain.reasons import CameraNoAnswer, CameraNoFrames, Gap
from skelp.domain.strip import CameraView, Capture, OwnLine, Pixels

_ASK_EVERY_S = 0.001
_WAIT_S = 0.05
_LOOK_AT_LINK_EVERY_S = 0.5
_FIRST_TRY_S, _LAST_TRY_S = 0.5, 10.0
_OPEN_READWRITE = 5
_KNOWN = (gentl.GenericException, genapi.GenericException)


class CameraError(SkelpError):
    """A camera that cannot be opened, or that sends what its file does not say."""


def producer_path(name: str) -> str:
    """Path of a producer; `viky` is the one inside the genicam package, for trials without hardware."""
    path = os.path.join(os.path.dirname(genicam.__file__), "viky.cti") if name == "viky" else name
    if not os.path.isfile(path):
        raise CameraError(f"there is no GenTL producer {path}; give the path of the .cti file that the camera's maker installs")
    return path


class _Incomplete(Callback):  # type: ignore[misc] # harvesters is untyped
    """Counts the buffers that came with holes: harvesters gives them back without a word."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def emit(self, context: Any) -> None:
        del context
        self.count += 1


class _Link:
    """One device, open and streaming. Raises gentl's exceptions; whoever opened it closes it."""

    def __init__(self, settings: CameraSettings) -> None:
        self._incomplete = _Incomplete()
        self._camera: ImageAcquirer | None = None
        self._harvester = Harvester()
        try:
            self._open(settings)
        except BaseException:  # Ctrl-C too: a device left open refuses the next station
            self.close()
            raise

    def _open(self, settings: CameraSettings) -> None:
        self._harvester.add_file(producer_path(settings.producer))
        self._harvester.update()
        devices = [d for d in self._harvester.device_info_list if d.serial_number == settings.serial]
        if len(devices) != 1:
            there = ", ".join(str(d.serial_number) for d in self._harvester.device_info_list) or "none"
            raise CameraError(f"no device with serial {settings.serial} at {settings.producer}; it knows: {there}")
        self.first_id = settings.first_frame_id if settings.first_frame_id is not None else int(devices[0].tl_type == "GEV")
        with _own_interrupt():
            self._camera = camera = self._harvester.create({"serial_number": settings.serial})
        self._nodes, self._counts_per_line = camera.remote_device.node_map, settings.encoder_counts_per_line
        apply(self._nodes, settings)
        camera.num_buffers = settings.buffers
        camera.timeout_period_on_update_event_data_call = 0
        camera.add_callback(ImageAcquirer.Events.INCOMPLETE_BUFFER, self._incomplete)
        camera.start()

    def fetch(self) -> Any:
        """A filled buffer, which the caller gives back with `queue()`, or None."""
        return self._acquirer.try_fetch(timeout=1e-4)

    def counters(self) -> tuple[int, int]:
        """Incomplete buffers and underruns since it was opened."""
        with suppress(gentl.GenericException):  # not every producer counts underruns
            return self._incomplete.count, int(self._acquirer.data_streams[0].module.num_underrun)
        return self._incomplete.count, 0

    def strip_line(self) -> int | None:
        """Line of the encoder's count at which the frame fetched last begins; None if the camera file does not ask for it."""
        if self._counts_per_line is None:
            return None
        return int(self._nodes.ChunkEncoderValue.value // self._counts_per_line)

    def is_up(self) -> bool:
        """What the producer says of the device; some take seconds to notice."""
        try:
            return bool(self._acquirer.device.module.access_status == _OPEN_READWRITE)
        except _KNOWN:
            return False

    def close(self) -> None:
        """A camera that is gone cannot be told to stop; what is left of it is dropped."""
        camera, self._camera = self._camera, None
        if camera is not None:
            with suppress(*_KNOWN):
                camera.stop()
            with suppress(*_KNOWN):
                camera.destroy()
        with suppress(*_KNOWN):
            self._harvester.reset()

    @property
    def _acquirer(self) -> ImageAcquirer:
        if self._camera is None:
            raise RuntimeError("the link is closed")
        return self._camera


class GenicamSource:
    """Satisfies ports.FrameSource. Publishes CameraLost when the camera is lost and CameraBack when it sends frames again."""

    def __init__(self, settings: CameraSettings, view: CameraView, publish: Publish = nowhere) -> None:
        if view.width != settings.width:
            raise CameraError(f"camera {view.camera}: {settings.width} px in the camera file, {view.width} in the station")
        self._flat = FlatField(References.load(Path(settings.flat_field)), settings.width) if settings.flat_field else None
        self._view = replace(view, gain=self._flat.gain) if self._flat else view
        self._settings, self._publish = settings, publish
        self._link: _Link | None = None
        self._lost_at: float | None = None

    @property
    def view(self) -> CameraView:
        return self._view

    @property
    def live(self) -> bool:
        return True

    def __enter__(self) -> Self:
        try:
            self._link = _Link(self._settings)
        except (*_KNOWN, SkelpError) as error:
            raise CameraError(f"camera {self._view.camera} ({self._settings.serial}) cannot be opened: {error}") from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        link, self._link = self._link, None
        if link:
            link.close()

    def captures(self) -> Iterator[Capture[OwnLine] | None]:
        """Frames and losses from line 0 on; None when nothing came for a moment, so that whoever asks may stop."""
        if self._link is None:
            raise RuntimeError("GenicamSource.captures outside of `with`")
        settings, self._lost_at = self._settings, None
        account = FrameAccount(self._view.camera, settings.frame_lines, settings.line_rate_hz, settings.silent_frames, time.monotonic())
        account.opened(self._link.first_id)
        looked = time.monotonic()
        while self._link is not None:
            given = self._next(self._link)
            now = time.monotonic()
            if given is not None:
                self._is_back(now)
                yield from account.frame(given, now)
                continue
            yield account.silence(now)
            if now - looked > _LOOK_AT_LINK_EVERY_S:
                looked = now
                if not self._link.is_up():
                    yield from self._away(account, CameraNoAnswer())
                elif account.silent(now) and account.silent_s(now) > settings.reopen_after_s:
                    yield from self._away(account, CameraNoFrames(silent_s=settings.reopen_after_s))

    def _next(self, link: _Link) -> Delivered | None:
        """The next frame, copied, or None after a moment without one."""
        until = time.monotonic() + _WAIT_S
        try:
            while (buffer := link.fetch()) is None:
                if time.monotonic() > until:
                    return None
                time.sleep(_ASK_EVERY_S)
        except _KNOWN:
            return None  # the link is gone: is_up will say so
        try:
            return Delivered(int(buffer.module.frame_id), self._pixels(buffer), *link.counters(), link.strip_line())
        finally:
            buffer.queue()

    def _pixels(self, buffer: Any) -> Pixels:
        """uint8 [lines that came, width], of their own memory. From the buffer's bytes: harvesters unpacks some formats, not all."""
        settings, component = self._settings, buffer.payload.components[0]
        if component.width != settings.width or component.height > settings.frame_lines:
            raise CameraError(
                f"camera {self._view.camera} sends {component.width} x {component.height} px, its file says "
                f"{settings.width} x {settings.frame_lines}: another program may have changed it"
            )
        lines = min(component.delivered_image_height or component.height, component.height)
        raw = np.frombuffer(buffer.module.raw_buffer, np.uint8)
        return to_grey(raw, component.data_format, lines, component.width, component.x_padding, self._taken)

    def _taken(self, grey: Pixels) -> Pixels:
        return self._flat.correct(grey) if self._flat else grey.copy()

    def _away(self, account: FrameAccount, why: Gap) -> Iterator[Capture[OwnLine] | None]:
        """Open the camera again, however long it takes, waiting longer from try to try."""
        now = time.monotonic()
        if self._lost_at is None:
            self._lost_at = now
            self._publish(CameraLost(self._view.camera, why))
        wait_s = _FIRST_TRY_S
        yield account.gone(why)
        while self._link is not None:
            self._link.close()
            until = time.monotonic() + wait_s
            while time.monotonic() < until:
                time.sleep(_WAIT_S)
                yield account.silence(time.monotonic())
            try:
                self._link = _Link(self._settings)
            except (*_KNOWN, SkelpError):
                wait_s = min(2 * wait_s, _LAST_TRY_S)
                continue
            now = time.monotonic()
            yield account.came_back(self._link.first_id, now)
            if self._settings.line_rate_hz is None:
                self._is_back(now)
            return

    def _is_back(self, now: float) -> None:
        """Publish it once: at the first frame, or as soon as the camera is open if the strip may stand."""
        if self._lost_at is not None:
            self._publish(CameraBack(self._view.camera, round(now - self._lost_at, 1)))
            self._lost_at = None


@contextmanager
def _own_interrupt() -> Iterator[None]:
    """harvesters' `create` puts its own handler on SIGINT when it runs in the main thread; Ctrl-C stays the station's."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
