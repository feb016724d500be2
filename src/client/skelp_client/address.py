"""Where a station is, and what is sent with every request. A token is not sent where somebody on the network could read it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from skelp_client.errors import NotTrusted, Unreachable
from skelp_client.exchange import Answer, Send


@dataclass(frozen=True)
class Address:
    """A station's address, with the token and the certificate authority. Raises ValueError for one that cannot be used.

    `ca`: file of the plant's certificate authority (ca.pem); None: those that the system trusts.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    ca: Path | str | None = None

    def __post_init__(self) -> None:
        at = urlsplit(self.url)
        if at.username is not None or at.password is not None:
            raise ValueError("the address has a name or a password in it; give the token as `token`")
        if at.scheme not in ("http", "https") or not at.hostname or at.query or at.fragment:
            raise ValueError(f"{self.url!r} is not a station's address; it looks like https://line1.plant.example:8443")
        if self.token is not None and at.scheme == "http" and not _is_here(at.hostname):
            raise ValueError(f"a token is sent over https only, and the address is {self.url}")
        if self.token is not None and not (self.token.isascii() and self.token.isprintable() and " " not in self.token and self.token):
            raise ValueError("the token has characters that no token has, or is empty; is it the file's text, without a line's end?")

    def settings(self) -> dict[str, Any]:
        """The arguments of an httpx2 client. Proxies and the like of the environment are not used: a station is inside the plant.

        Raises ValueError if `ca` cannot be read.
        """
        return {"verify": True if self.ca is None else self._trusting(), "trust_env": False}

    def _trusting(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=str(self.ca))
        except OSError as error:  # SSLError is one too
            raise ValueError(f"cannot read ca {str(self.ca)!r}: {error}; it is the plant's ca.pem") from error

    def request(self, step: Send) -> dict[str, Any]:
        """The arguments of a request of an httpx2 client."""
        call, root = step.call, self.url.rstrip("/")
        return {
            "method": call.method,
            "url": root + call.path,
            "params": dict(call.query),
            "json": call.body,
            "headers": {} if self.token is None else {"Authorization": f"Bearer {self.token}"},
            "timeout": step.timeout_s,
        }

    def lost(self, error: httpx2.RequestError) -> Unreachable:
        """The error of a request that got no answer."""
        why = f"{type(error).__name__} {error}".strip(" .")
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return NotTrusted(self.url, cause.verify_message)
            cause = cause.__cause__ or cause.__context__
        return Unreachable(self.url, why, sent=not isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout))


def answer(response: httpx2.Response) -> Answer:
    """The answer of an httpx2 client."""
    return Answer(response.status_code, response.headers, response.content)


def _is_here(host: str) -> bool:
    """Whether it is this machine, from which nothing goes over a network."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
