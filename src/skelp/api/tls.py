"""Checks the certificate of the server before it starts."""

from __future__ import annotations

import ssl
from pathlib import Path

from skelp.domain.disk import failed
from skelp.domain.errors import SkelpError


def check_certificate(certificate: Path, private_key: Path) -> None:
    """Raise SkelpError with the cause if the two PEM files cannot be read or do not belong together."""
    for file in (certificate, private_key):
        try:
            file.read_bytes()
        except OSError as error:
            raise failed(f"cannot read {file}, which [server] names", error, "check certificate and private_key") from error
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, private_key, password=_no_password)
    except ValueError as error:
        raise SkelpError(f"{private_key} has a password, and nobody can type it when a station starts; remove it") from error
    except ssl.SSLError as error:
        what = {"KEY_VALUES_MISMATCH": f"{private_key} is not the key of {certificate}"}.get(error.reason or "")
        told = what or f"{certificate} and {private_key} are not a certificate and its key in PEM ({error.reason or error})"
        raise SkelpError(f"{told}; docs/security.md shows how to make them") from error


def _no_password() -> str:
    raise ValueError("the key has a password")
