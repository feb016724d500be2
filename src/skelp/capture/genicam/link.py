"""Opens one device through harvesters and fetches its buffers. It works round four properties of harvesters 1.4.3:

- `fetch` holds the interpreter's lock while it waits, and never returns if every buffer is incomplete. So `try_fetch` is called with a
  timeout of 0.1 ms, and the caller sleeps between two calls.
- harvesters gives an incomplete buffer back without an error. So a callback counts them.
- An acquirer never recovers from a lost camera. So the caller closes the link and opens a new one.
- `create` replaces the handler of SIGINT. So the old handler is restored, because the station handles Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import genicam
from genicam import genapi, gentl
from harvesters.core import Callback, Harvester, ImageAcquirer

from skelp.capture.genicam.chunks import Chunks
from skelp.capture.genicam.features import apply
from skelp.capture.genicam.settings import CameraSettings
from skelp.domain.errors import SkelpError

GENICAM_ERRORS = (gentl.GenericException, genapi.GenericException)
_FETCH_TIMEOUT_S = 1e-4
_GIGE_TL_TYPE = "GEV"


class CameraError(SkelpError):
    """A camera cannot be opened, or sends frames of another size than its camera file says."""


def producer_path(name: str) -> str:
    """Returns the path of a producer. `viky` is the simulated camera inside the genicam package. Raises CameraError if there is none."""
    path = os.path.join(os.path.dirname(genicam.__file__), "viky.cti") if name == "viky" else name
    if not os.path.isfile(path):
        raise CameraError(f"there is no GenTL producer {path}; give the path of the .cti file that the camera's maker installs")
    return path


class _IncompleteCounter(Callback):  # type: ignore[misc] # harvesters is untyped
    """Counts incomplete buffers."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def emit(self, context: Any) -> None:
        del context
        self.count += 1


class Link:
    """An open device that streams. Its methods raise GENICAM_ERRORS. The caller closes it."""

    def __init__(self, settings: CameraSettings) -> None:
        """Opens the device, sets its features and starts it. Raises SkelpError if there is no such device or it refuses a feature."""
        self._incomplete = _IncompleteCounter()
        self._acquirer_or_none: ImageAcquirer | None = None
        self._harvester = Harvester()
        try:
            self._open(settings)
        except BaseException:  # Ctrl-C too: a device that stays open refuses the next station
            self.close()
            raise

    def _open(self, settings: CameraSettings) -> None:
        self._harvester.add_file(producer_path(settings.producer))
        self._harvester.update()
        devices = [d for d in self._harvester.device_info_list if d.serial_number == settings.serial]
        if len(devices) != 1:
            known = ", ".join(str(d.serial_number) for d in self._harvester.device_info_list) or "none"
            raise CameraError(f"no device with serial {settings.serial} at {settings.producer}; its devices are: {known}")
        default_id = int(devices[0].tl_type == _GIGE_TL_TYPE)
        self.first_id = settings.first_frame_id if settings.first_frame_id is not None else default_id
        with _keep_sigint_handler():
            self._acquirer_or_none = acquirer = self._harvester.create({"serial_number": settings.serial})
        nodes = acquirer.remote_device.node_map
        apply(nodes, settings)
        self.chunks = Chunks(nodes, settings)
        acquirer.num_buffers = settings.buffers
        acquirer.timeout_period_on_update_event_data_call = 0
        acquirer.add_callback(ImageAcquirer.Events.INCOMPLETE_BUFFER, self._incomplete)
        acquirer.start()

    def fetch(self) -> Any:
        """Returns a filled buffer, or None if there is none now. The caller gives the buffer back with its `queue()`."""
        return self._acquirer.try_fetch(timeout=_FETCH_TIMEOUT_S)

    def counters(self) -> tuple[int, int]:
        """Returns the numbers of incomplete buffers and of buffer underruns since the device was opened."""
        with suppress(gentl.GenericException):  # not every producer counts underruns
            return self._incomplete.count, int(self._acquirer.data_streams[0].module.num_underrun)
        return self._incomplete.count, 0

    def is_up(self) -> bool:
        """Returns whether the producer still reports the device as open. Some producers notice a lost device only after seconds."""
        try:
            status = self._acquirer.device.module.access_status
        except GENICAM_ERRORS:
            return False
        return bool(status == gentl.DEVICE_ACCESS_STATUS_LIST.DEVICE_ACCESS_STATUS_OPEN_READWRITE)

    def close(self) -> None:
        """Stops and closes the device. Errors are ignored, because a lost device cannot be stopped."""
        acquirer, self._acquirer_or_none = self._acquirer_or_none, None
        if acquirer is not None:
            with suppress(*GENICAM_ERRORS):
                acquirer.stop()
            with suppress(*GENICAM_ERRORS):
                acquirer.destroy()
        with suppress(*GENICAM_ERRORS):
            self._harvester.reset()

    @property
    def _acquirer(self) -> ImageAcquirer:
        if self._acquirer_or_none is None:
            raise RuntimeError("the link is closed")
        return self._acquirer_or_none


@contextmanager
def _keep_sigint_handler() -> Iterator[None]:
    """Restores the handler of SIGINT. harvesters' `create` replaces it, but only in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
