"""Lists the GenTL producers and the cameras of this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from genicam import gentl
from harvesters.core import Harvester

_ACCESS = gentl.DEVICE_ACCESS_STATUS_LIST
_STATUS = {
    int(_ACCESS.DEVICE_ACCESS_STATUS_READWRITE): "free",
    int(_ACCESS.DEVICE_ACCESS_STATUS_READONLY): "free, read only",
    int(_ACCESS.DEVICE_ACCESS_STATUS_NOACCESS): "no access",
    int(_ACCESS.DEVICE_ACCESS_STATUS_BUSY): "in use",
    int(_ACCESS.DEVICE_ACCESS_STATUS_OPEN_READWRITE): "in use by this process",
    int(_ACCESS.DEVICE_ACCESS_STATUS_OPEN_READONLY): "in use by this process, read only",
}


@dataclass(frozen=True, slots=True)
class Device:
    """A camera as its producer describes it. A camera file names `serial` and `producer`."""

    serial: str
    vendor: str
    model: str
    status: str
    producer: str


def producers() -> list[str]:
    """Lists the GenTL producers (.cti) in the folders of GENICAM_GENTL64_PATH, where the GenTL standard puts them."""
    folders = [Path(p) for p in os.environ.get("GENICAM_GENTL64_PATH", "").split(os.pathsep) if p]
    return [str(f) for folder in folders if folder.is_dir() for f in sorted(folder.glob("*.cti"))]


def devices(producer: str) -> list[Device]:
    """Lists the cameras that answer through a producer; none if the producer cannot be loaded."""
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
