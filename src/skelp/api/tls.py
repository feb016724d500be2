"""The certificate with which a station answers: checked before it is used, and taken anew when its files change."""

from __future__ import annotations

import os
import ssl
import threading
from contextlib import ExitStack
from pathlib import Path

import structlog

from skelp.certificates.reading import Certificate, certificates_in, moment
from skelp.domain.disk import failed
from skelp.domain.errors import SkelpError

WARN_DAYS = 30
"""A certificate that ends sooner is logged as a warning, once a day."""
LOOK_S = 5.0
"""How often the files are read."""

log = structlog.get_logger()


class ServedCertificate:
    """A certificate and its key, PEM. `context` answers every new connection with the newest pair that was usable; `facts` is what it says.

    Each pair has a context of its own: one context would hold two certificates after a change from an EC key to an RSA key.
    Raises SkelpError with the cause if the files cannot be read, do not belong together, or the certificate is not valid at present.
    """

    def __init__(self, certificate: Path, private_key: Path) -> None:
        self._files = certificate, private_key
        self._content = self._read()
        self.facts, self.context = _usable(self._content, self._files)
        self._newest = self.context
        self.context.sni_callback = self._answer_with_newest
        self._refused: object = None
        self._warned_of_days = WARN_DAYS
        self._warn()

    def watch(self, stopped: threading.Event) -> None:
        """Look every few seconds, until `stopped`."""
        while not stopped.wait(LOOK_S):
            self.look()

    def look(self) -> None:
        """Take the files if they have changed. What is not usable, such as a half-written pair, is logged once and tried again."""
        content: object = None
        try:
            content = found = self._read()
            if found != self._content:
                self.facts, self._newest = _usable(found, self._files)
                self._content, self._warned_of_days = found, WARN_DAYS
                log.info("new connections get another certificate", file=str(self._files[0]), serial=self.facts.serial)
            self._refused = None
        except (SkelpError, OSError) as error:
            refused = content or str(error)
            if refused != self._refused:
                log.warning("the changed certificate is not used; the one before stays in use", fault=str(error))
            self._refused = refused
        self._warn()

    def _answer_with_newest(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        """Python calls this for every new connection, also of clients that name no host."""
        connection.context = self._newest

    def _read(self) -> tuple[bytes, bytes]:
        certificate, private_key = map(_content, self._files)
        return certificate, private_key

    def _warn(self) -> None:
        days = self.facts.days_left()
        if days < self._warned_of_days:
            self._warned_of_days = days
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
        what = {
            "EE_KEY_TOO_SMALL": f"the key of {certificate} is too short for TLS",
            "KEY_VALUES_MISMATCH": f"{private_key} is not the key of {certificate}",
        }.get(error.reason or "")
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
