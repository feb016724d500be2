"""Which certificates an authority has taken back: its revocation lists (`.crl`, DER or PEM) beside it in trusted/."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm


def revocation(given: x509.Certificate, authority: x509.Certificate, folder: Path) -> str | None:
    """Why the lists in a folder do not let in a certificate that this authority signed; None if they do, or if it has none there.

    A list that cannot be read may be this authority's, so it lets nobody in.
    """
    until: list[datetime | None] = []
    for file in sorted(f for f in folder.iterdir() if f.suffix.lower() == ".crl"):
        found = _read(file)
        if found is None:
            return f"{file} is no revocation list, so nobody knows whom it takes back; put the authority's newest one there"
        if _is_of(found, authority):
            if found.get_revoked_certificate_by_serial_number(given.serial_number) is not None:
                return f"{authority.subject.rfc4514_string()} has taken it back, says {file}"
            until.append(found.next_update_utc)
    if until and all(end is not None and end < datetime.now(UTC) for end in until):
        return f"the revocation lists of {authority.subject.rfc4514_string()} in {folder} are out of date; put its newest one there"
    return None


def _read(file: Path) -> x509.CertificateRevocationList | None:
    content = file.read_bytes()
    try:
        return x509.load_pem_x509_crl(content) if content.lstrip().startswith(b"-----") else x509.load_der_x509_crl(content)
    except ValueError:
        return None


def _is_of(found: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    try:
        return found.issuer == authority.subject and found.is_signature_valid(authority.public_key())  # type: ignore[arg-type] # raises
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False
