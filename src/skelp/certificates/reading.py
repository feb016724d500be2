"""Reads certificates (PEM): names, validity, issuer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from skelp.domain.disk import failed
from skelp.domain.errors import SkelpError


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says. `names`: host names and addresses that it is for. `serial`: hexadecimal. `is_ca`: it signs others."""

    names: tuple[str, ...]
    subject: str
    issuer: str
    begins_at: datetime
    ends_at: datetime
    serial: str
    is_ca: bool

    def days_left(self, now: datetime | None = None) -> int:
        """Whole days until it ends; below 0 once it has ended."""
        return (self.ends_at - (now or datetime.now(UTC))) // timedelta(days=1)

    def fault(self, now: datetime | None = None) -> str | None:
        """Why it is not valid at this moment; None if it is."""
        now = now or datetime.now(UTC)
        if now < self.begins_at:
            return f"is valid from {moment(self.begins_at)}, and this machine's clock says {moment(now)}; one of them is wrong"
        return f"ended at {moment(self.ends_at)}; this machine's clock says {moment(now)}" if now > self.ends_at else None


def read_certificates(file: Path) -> tuple[Certificate, ...]:
    """The certificates of a PEM file, in its order. Raises SkelpError if there is none or it cannot be read."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise failed(f"cannot read {file}", error) from error
    return certificates_in(content, file)


def certificates_in(content: bytes, file: Path) -> tuple[Certificate, ...]:
    """The same of the content of `file`."""
    try:
        return tuple(_facts(found) for found in x509.load_pem_x509_certificates(content))
    except ValueError as error:
        raise SkelpError(f"{file} has no certificate in PEM that can be read; expected: -----BEGIN CERTIFICATE-----") from error


def moment(at: datetime) -> str:
    """A moment for a message."""
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _facts(found: x509.Certificate) -> Certificate:
    return Certificate(
        names=_names(found),
        subject=found.subject.rfc4514_string(),
        issuer=found.issuer.rfc4514_string(),
        begins_at=found.not_valid_before_utc,
        ends_at=found.not_valid_after_utc,
        serial=f"{found.serial_number:x}",
        is_ca=_is_ca(found),
    )


def _names(found: x509.Certificate) -> tuple[str, ...]:
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return (*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress)))


def _is_ca(found: x509.Certificate) -> bool:
    try:
        return found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
