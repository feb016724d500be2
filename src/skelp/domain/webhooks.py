"""Webhooks: events that the station sends to another program by itself, signed after Standard Webhooks (https://www.standardwebhooks.com).

They are a convenience. The feed stays the truth: what a webhook did not deliver is still in it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import datetime

from skelp.domain.reasons import Reason

PREFIX = "whsec_"
_LEAST, _MOST = 24, 64
"""Bytes of a secret."""
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 600.0
KNOCKS = 5
"""A letter that the receiver refuses for what it says is given up after so many tries."""


def new_secret() -> str:
    """A random secret of 32 bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def read_secret(text: str) -> bytes:
    """The bytes of a secret. Raises ValueError if it is none."""
    body = text.strip()
    try:
        key = base64.b64decode(body.removeprefix(PREFIX), validate=True) if body.startswith(PREFIX) else b""
    except binascii.Error as error:
        raise ValueError(f"the part behind {PREFIX} is not base64") from error
    if not _LEAST <= len(key) <= _MOST:
        raise ValueError(f"a secret is {PREFIX} and {_LEAST} to {_MOST} bytes in base64")
    return key


def signature(key: bytes, letter_id: str, timestamp: int, body: bytes) -> str:
    """The value of the header webhook-signature: version 1, HMAC-SHA256 of id, timestamp and body, in base64."""
    signed = b".".join((letter_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(key: bytes, letter_id: str, body: bytes) -> dict[str, str]:
    """The headers of a letter that is sent now."""
    timestamp = int(time.time())
    return {
        "content-type": "application/json",
        "webhook-id": letter_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(key, letter_id, timestamp, body),
    }


def wait_s(failures: int) -> float:
    """Time before the next try, after so many failures in a row."""
    return float(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(failures - 1, 20)))


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a letter did not arrive. `status`: that of the answer, 0 without one. `retry_after_s`: what the receiver asked for.

    `detail` is for engineers, in English.
    """

    reason: Reason
    status: int
    detail: str
    retry_after_s: float | None = None

    @property
    def is_about_the_letter(self) -> bool:
        """Whether the receiver refused what this letter says. Everything else is about the receiver: it will take the letter later."""
        return self.status in (400, 406, 409, 411, 413, 414, 415, 422)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that was given up. `at`: when. `again`: it is to be sent again."""

    seq: int
    at: datetime
    error: str
    again: bool


@dataclass(frozen=True, slots=True)
class WebhookStatus:
    """What a webhook does. `sent`: number of the event up to which all were sent, given up or not asked for. `behind`: events after that.

    `failing_since`, `failure`, `next_try_at`: of the letter that is being tried; None while all is well.
    """

    name: str
    url: str
    events: tuple[str, ...]
    sent: int
    behind: int
    failing_since: datetime | None
    failure: Failure | None
    next_try_at: datetime | None
    dead: tuple[DeadLetter, ...]
