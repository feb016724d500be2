"""By which name a station was called, against DNS rebinding: a page's own name that was made to point to this machine."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from skelp.domain.loopback import is_loopback


def foreign_host(scope: MutableMapping[str, Any]) -> str | None:
    """The header Host if it is no name or address of loopback, whatever its port; None if all is well.

    A request without Host is none of a browser, which always sends it.
    """
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    return next((host for host in hosts if not _is_loopback(host)), None)


def _is_loopback(host: str) -> bool:
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return is_loopback(name.lower().rstrip("."))
