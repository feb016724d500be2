"""Passwords of people. They are kept as scrypt hashes (RFC 7914), which take a tenth of a second and 32 MiB to try."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import unicodedata

from skelp.domain.errors import SkelpError

LEAST, MOST = 10, 200
"""Characters of a password."""
_N, _R, _P = 2**15, 8, 1
_SALT_BYTES = 16
_KIND = "scrypt"


def hashed(password: str) -> str:
    """What is stored of a password: the method, its costs, the salt and the hash. Raises SkelpError if it cannot be one."""
    if not LEAST <= len(password) <= MOST:
        raise SkelpError(f"a password has {LEAST} to {MOST} characters; this one has {len(password)}")
    if any(unicodedata.category(c) == "Cc" for c in password):
        raise SkelpError("a password has no control characters, such as a tab")
    salt = os.urandom(_SALT_BYTES)
    parts = (_KIND, str(_N), str(_R), str(_P), _text(salt), _text(_scrypt(password, salt, _N, _R, _P)))
    return "$".join(parts)


def matches(password: str, stored: str | None) -> bool:
    """Whether it is the password. `stored` None: nobody has that name, which takes as long to find out."""
    kind, n, r, p, salt, expected = (stored or _NOBODY).split("$")
    if kind != _KIND or len(password) > MOST:
        return False
    found = _scrypt(password, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(_text(found), expected) and stored is not None


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    text = unicodedata.normalize("NFC", password)  # keyboards differ in how they compose Hangul
    return hashlib.scrypt(text.encode(errors="surrogatepass"), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


_NOBODY = "$".join((_KIND, str(_N), str(_R), str(_P), _text(bytes(_SALT_BYTES)), _text(bytes(64))))
"""A hash that no password has."""
