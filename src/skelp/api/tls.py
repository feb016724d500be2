"""The certificate with which a station answers: checked before it is used."""

from __future__ import annotations

import os
import ssl
from contextlib import ExitStack
from pathlib import Path

import structlog

from skelp.certificates.reading import Certificate, certificates_in, moment
from skelp.domain.disk import failed
from skelp.domain.errors import SkelpError

WARN_DAYS = 30
"""A certificate that ends sooner is logged as a warning."""

log = structlog.get_logger()


class ServedCertificate:
    """A certificate and its key, PEM. `context` answers with them; `facts` is what the certificate says.

    Raises SkelpError with the cause if the files cannot be read, do not belong together, or the certificate is not valid at present.
    """

    def __init__(self, certificate: Path, private_key: Path) -> None:
        self._files = certificate, private_key
        self.facts, self.context = _usable(self._read(), self._files)
        self._warn()

    def _read(self) -> tuple[bytes, bytes]:
        certificate, private_key = map(_content, self._files)
        return certificate, private_key

    def _warn(self) -> None:
        days = self.facts.days_left()
        if days < WARN_DAYS:
            until = moment(self.facts.ends_at)
            log.warning("the certificate ends soon; make another", file=str(self._files[0]), ends_at=until, days_left=days)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise failed(f"cannot read {file}, which [server] names", error, "check certificate and private_key") from error


def _usable(content: tuple[bytes, bytes], files: tuple[Path, Path]) -> tuple[Certificate, ssl.SSLContext]:
    """What the certificate says, and a context that answers with it. Raises SkelpError with the cause if it cannot be used."""
    certificate, private_key = files
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        _load(context, *content)
    except ValueError as error:
        raise SkelpError(f"{private_key} has a password, and nobody can type it when a station starts; remove it") from error
    except ssl.SSLError as error:
        what = {"KEY_VALUES_MISMATCH": f"{private_key} is not the key of {certificate}"}.get(error.reason or "")
        told = what or f"{certificate} and {private_key} are not a certificate and its key in PEM ({error.reason or error})"
        raise SkelpError(f"{told}; skelp tls new makes them (docs/security.md)") from error
    facts = certificates_in(content[0], certificate)[0]
    if fault := facts.fault():
        raise SkelpError(f"the certificate {certificate} {fault}; skelp tls new makes another")
    return facts, context


def _load(context: ssl.SSLContext, *content: bytes) -> None:
    """Load a certificate and its key. They were read before, so the files cannot change between a check and its use."""
    with ExitStack() as opened:
        paths = []
        for part in content:
            memory = opened.enter_context(os.fdopen(os.memfd_create("pem"), "wb", buffering=0))
            memory.write(part)
            paths.append(f"/proc/self/fd/{memory.fileno()}")
        certificate, private_key = paths
        context.load_cert_chain(certificate, private_key, _no_password)


def _no_password() -> str:
    raise ValueError("the key has a password")
