"""Who may do what: rights, the roles that have them, and the secrets by which a caller proves who it is."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PREFIX = "skelp_"
USE_KNOWN_FOR = timedelta(minutes=1)
"""A use is not noted again while the last one that is noted is younger."""
_CHECK_DIGITS = 6
_SECRET_BYTES = 32


class Right(StrEnum):
    """What a call does."""

    READ = "read"
    REVIEW = "review"
    ACKNOWLEDGE = "acknowledge"
    COILS = "coils"
    """Announce, correct and end coils."""
    OPTICS = "optics"
    """Say that the optics were set up anew."""
    RECIPES = "recipes"
    """Try and change recipes."""
    MODEL = "model"
    """Change the line's model."""
    CONNECTIONS = "connections"
    """Tell the state of a connection to the plant's systems."""
    SEND_AGAIN = "send_again"
    """Have a connection send results again."""
    ADMIN = "admin"


class Role(StrEnum):
    """What a caller is. An MES does not review, and an operator does not rename coils."""

    READER = "reader"
    OPERATOR = "operator"
    MES = "mes"
    ENGINEER = "engineer"
    ADMIN = "admin"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.READER: frozenset({Right.READ}),
    Role.OPERATOR: frozenset({Right.READ, Right.REVIEW, Right.ACKNOWLEDGE}),
    Role.MES: frozenset({Right.READ, Right.COILS, Right.CONNECTIONS}),
    Role.ENGINEER: frozenset(Right) - {Right.CONNECTIONS, Right.ADMIN},
    Role.ADMIN: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `name` signs reviews and acknowledgements; None: whoever is at this machine, who gives a name with each of them.

    `until`: when the token or log-in expires.
    """

    name: str | None
    role: Role
    until: datetime | None = None

    def may(self, right: Right) -> bool:
        """Whether the role has the right."""
        return right in RIGHTS[self.role]


AT_THIS_MACHINE = Caller(None, Role.ADMIN)
"""The caller of a station that answers on loopback only and asks for no tokens."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token, or the log-in of a person, without its secret.

    `last_used_at` is about a minute late, and later if the use could not be noted.
    """

    name: str
    role: Role
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def fault(self, now: datetime) -> str | None:
        """Why it is not good at the time `now`; None if it is."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= now else None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who logs in with a password. Whoever left stays in the list, so that it is known who a name was."""

    name: str
    role: Role
    made_at: datetime
    left_at: datetime | None


def new_secret() -> str:
    """A secret of 256 random bits, with a check sum that finds typing errors. Its prefix lets scanners for leaked secrets find it."""
    body = secrets.token_urlsafe(_SECRET_BYTES)
    return f"{PREFIX}{body}_{_check(body)}"


def is_whole(secret: str) -> bool:
    """Whether a secret has the form of `new_secret`, so that a cut-off one need not be looked up."""
    body, _, check = secret.removeprefix(PREFIX).rpartition("_")
    return secret.startswith(PREFIX) and body.isascii() and check == _check(body)


def digest(secret: str) -> str:
    """What is stored of a secret: its SHA-256. A slow hash is for passwords, which people choose; nobody guesses 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _check(body: str) -> str:
    return digest(body)[:_CHECK_DIGITS]
