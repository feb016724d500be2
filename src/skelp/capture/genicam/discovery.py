"""Which producers and cameras this machine has."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from genicam import gentl
from harvesters.core import Harvester

_STATUS = {1: "free", 2: "free to read", 3: "not to be reached", 4: "in use", 5: "in use here", 6: "in use here, to read"}


@dataclass(frozen=True, slots=True)
class Device:
    """A camera as its producer names it; `serial` is what a camera file needs."""

    serial: str
    vendor: str
    model: str
    status: str
    producer: str


def producers() -> list[str]:
    """GenTL producers in the folders of GENICAM_GENTL64_PATH, the standard's place for them."""
    folders = [Path(p) for p in os.environ.get("GENICAM_GENTL64_PATH", "").split(os.pathsep) if p]
    return [str(f) for folder in folders if folder.is_dir() for f in sorted(folder.glob("*.cti"))]


def devices(producer: str) -> list[Device]:
    """Cameras that answer at a producer; none if the producer cannot be loaded."""
    harvester = Harvester()
    try:
        harvester.add_file(producer)
        harvester.update()
        return [
            Device(str(d.serial_number), str(d.vendor), str(d.model), _STATUS.get(int(d.access_status), "unknown"), producer)
            for d in harvester.device_info_list
        ]
    except (gentl.GenericException, OSError):
        return []
    finally:
        harvester.reset()
