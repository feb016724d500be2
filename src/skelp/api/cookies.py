"""The cookie of a log-in, and the question whether a page of this station asked."""

from __future__ import annotations

from collections.abc import MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
_NAME = "skelp"
_SAFE = ("GET", "HEAD", "OPTIONS")


def cookie_name(scope: Scope) -> str:
    """Over TLS the browser itself keeps the cookie to this host (`__Host-`, RFC 6265bis). That prefix works over TLS only."""
    return f"__Host-{_NAME}" if scope["scheme"] in ("https", "wss") else _NAME


def log_in_cookie(scope: Scope) -> str | None:
    """The secret in the log-in's cookie; None without one."""
    own = cookie_name(scope)
    for value in _headers(scope, b"cookie"):
        try:
            found = SimpleCookie(value).get(own)
        except CookieError:
            continue
        if found is not None:
            return found.value
    return None


def set_cookie(scope: Scope, secret: str, seconds: int) -> str:
    """The header Set-Cookie that gives the secret to the browser, or takes it away with `seconds` = 0."""
    secure = "; Secure" if scope["scheme"] == "https" else ""
    return f"{cookie_name(scope)}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"


def is_from_elsewhere(scope: Scope) -> bool:
    """Whether a page of another site asks: what changes something, or is a WebSocket, has an Origin that is not the host it goes to.

    Browsers always send Origin with those; programs that are no browsers do not.
    """
    if scope["type"] != "websocket" and scope["method"] in _SAFE:
        return False
    origins, hosts = _headers(scope, b"origin"), _headers(scope, b"host")
    return any(_host(origin) not in [h.lower() for h in hosts] for origin in origins)


def says_its_origin(scope: Scope) -> bool:
    """Whether a request that changes something, or a WebSocket, has the header Origin."""
    return (scope["type"] != "websocket" and scope["method"] in _SAFE) or bool(_headers(scope, b"origin"))


def _headers(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _host(origin: str) -> str | None:
    """Host and port of an Origin; None for `null` and what is none."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
