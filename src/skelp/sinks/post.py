"""Posts a letter over HTTP. Redirections are not followed: the station file says where letters go."""

from __future__ import annotations

import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skelp import __version__
from skelp.domain.errors import SkelpError
from skelp.domain.reasons import WebhookNoAnswer, WebhookRefused
from skelp.domain.webhooks import Failure

TIMEOUT_S = 10.0
_MOST_READ = 300
"""Bytes of a refusal that are kept, for engineers."""
_MOST_WAIT_S = 3600.0


class _NoRedirections(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Poster:
    """Satisfies courier.Post. `webhook` is its name. `ca`: the certificates that sign the receiver's; None: those of the system.

    Raises SkelpError if the certificates cannot be read.
    """

    def __init__(self, webhook: str, url: str, ca: Path | None = None, timeout_s: float = TIMEOUT_S) -> None:
        self._webhook, self._url, self._timeout_s = webhook, url, timeout_s
        try:
            context = ssl.create_default_context(cafile=None if ca is None else str(ca))
        except OSError as error:  # ssl.SSLError is one
            raise SkelpError(f"webhook {webhook}: {ca} has no certificates that can be read: {error}") from error
        self._opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _NoRedirections)

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> Failure | None:
        """Post a letter. Returns why it did not arrive, or None."""
        request = urllib.request.Request(self._url, body, {**headers, "user-agent": f"skelp/{__version__}"}, method="POST")  # noqa: S310 - http or https, which settings.Webhook checks
        try:
            with self._opener.open(request, timeout=self._timeout_s):
                return None
        except urllib.error.HTTPError as error:
            with error:
                return self._refused(error)
        except (OSError, http.client.HTTPException, ValueError) as error:  # URLError, timeouts and TLS are OSError; a host may be no name
            cause = getattr(error, "reason", error)
            return Failure(WebhookNoAnswer(self._webhook), 0, f"no answer: {cause or type(error).__name__}")

    def _refused(self, error: urllib.error.HTTPError) -> Failure:
        try:
            said = error.read(_MOST_READ).decode("utf-8", "replace").split()
        except (OSError, http.client.HTTPException):
            said = []
        wait = error.headers.get("retry-after", "")
        wait_s = min(_MOST_WAIT_S, float(wait)) if wait.isascii() and wait.isdigit() else None
        where = f", to {error.headers.get('location', '')!r}, which is not followed" if 300 <= error.code < 400 else ""
        return Failure(WebhookRefused(self._webhook, error.code), error.code, f"{error.code}{where} {' '.join(said)}".strip(), wait_s)
