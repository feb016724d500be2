"""Which addresses only programs on this machine reach."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether a host is `localhost` or an address of loopback, without a port."""
    with suppress(ValueError):  # a name, not an address
        return ip_address(host).is_loopback
    return host == "localhost"
