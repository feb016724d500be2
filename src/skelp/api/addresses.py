"""The address of a caller, and whose requests are counted together."""

from __future__ import annotations

from collections.abc import MutableMapping
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any


def peer(scope: MutableMapping[str, Any]) -> str:
    """The address of the caller."""
    return str((scope.get("client") or ("unknown", 0))[0])


def network_of(address: str) -> str:
    """An IPv4 address; the first 64 bits of an IPv6 address, because one machine has all of the rest."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or ip_network((address, 64), strict=False))
