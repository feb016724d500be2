"""The cookie of a log-in, and the question whether a page of this station asked."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
_PLAIN, _SECURE = "skelp", "__Host-skelp"
_SAFE = ("GET", "HEAD", "OPTIONS")


def log_in_cookie(scope: Scope) -> str | None:
    """The secret in the log-in's cookie; None without one. Cookies of other programs on this host may be of any form."""
    for header in _headers(scope, b"cookie"):
        for cookie in header.split(";"):
            name, _, value = cookie.partition("=")
            if name.strip() in (_SECURE, _PLAIN):
                return value.strip()
    return None


def set_cookie(scope: Scope, secret: str, seconds: int) -> str:
    """The header Set-Cookie that gives the secret to the browser, or takes it away with `seconds` = 0.

    Over TLS, also that of a proxy, the browser itself keeps the cookie to this host (`__Host-`, RFC 6265bis).
    """
    is_secure = scope["scheme"] == "https" or any(o.startswith("https:") for o in _headers(scope, b"origin"))
    name, secure = (_SECURE, "; Secure") if is_secure else (_PLAIN, "")
    return f"{name}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"


def is_from_elsewhere(scope: Scope) -> bool:
    """Whether a page of another site asks: what changes something, or is a WebSocket, has an Origin that is not the host it goes to.

    Browsers always send Origin with those; programs that are no browsers do not.
    """
    if not _needs_origin(scope):
        return False
    origins, hosts = _headers(scope, b"origin"), [h.lower() for h in _headers(scope, b"host")]
    if scope["scheme"] in ("https", "wss") and any(not o.startswith("https:") for o in origins):
        return True
    return any(_host(origin) not in hosts for origin in origins)


def says_its_origin(scope: Scope) -> bool:
    """Whether a request has the header Origin, if it changes something or is a WebSocket."""
    return not _needs_origin(scope) or bool(_headers(scope, b"origin"))


def _needs_origin(scope: Scope) -> bool:
    return scope["type"] == "websocket" or scope["method"] not in _SAFE


def _headers(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _host(origin: str) -> str | None:
    """Host and port of an Origin; None for `null` and what is none."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
