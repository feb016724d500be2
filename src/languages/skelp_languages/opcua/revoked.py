"""Which certificates an authority has revoked: its revocation lists (`.crl`, DER or PEM) beside it in trusted/."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

_PEM = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----", re.DOTALL)
_OF_A_PART = (x509.IssuingDistributionPoint, x509.DeltaCRLIndicator)


def revocation(given: x509.Certificate, authority: x509.Certificate, known: Sequence[x509.Certificate], folder: Path) -> str | None:
    """Why the lists in a folder do not let in a certificate that this authority signed; None if they do, or if it has none there.

    `known`: all certificates that are trusted. A list that is not understood may be this authority's, so it lets nobody in.
    """
    name, until = authority.subject.rfc4514_string(), []
    for file in sorted(f for f in folder.iterdir() if f.suffix.lower() == ".crl"):
        try:
            found = list(_read(file))
        except (OSError, ValueError) as error:
            return f"the revocation list {file} cannot be read ({error}), so nobody knows whom it names; put the newest one there"
        for one in found:
            if one.issuer != authority.subject:
                continue
            if not _is_by(one, authority):
                if any(_is_by(one, other) for other in known):  # another authority of the same name
                    continue
                return f"the revocation list {file} is not signed by {name}, whose name it has; put its newest one there"
            if any(_has(one, part) for part in _OF_A_PART):
                return f"the revocation list {file} is one of a part (a delta, for example); put the whole one of {name} there"
            if one.get_revoked_certificate_by_serial_number(given.serial_number) is not None:
                return f"{name} has revoked it, says {file}"
            until.append(one.next_update_utc)
    if until and all(end is not None and end < datetime.now(UTC) for end in until):
        return f"the revocation lists of {name} in {folder} are out of date; put its newest one there"
    return None


def _read(file: Path) -> Iterator[x509.CertificateRevocationList]:
    """Raises OSError or ValueError."""
    content = file.read_bytes()
    if not content.lstrip().startswith(b"-----"):
        yield x509.load_der_x509_crl(content)
        return
    blocks = _PEM.findall(content)
    if not blocks:
        raise ValueError("it is no revocation list")
    for block in blocks:
        yield x509.load_pem_x509_crl(block)


def _is_by(found: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    try:
        return found.is_signature_valid(authority.public_key())  # type: ignore[arg-type] # raises TypeError for other keys
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def _has(found: x509.CertificateRevocationList, extension: type[x509.ExtensionType]) -> bool:
    try:
        found.extensions.get_extension_for_class(extension)
    except x509.ExtensionNotFound:
        return False
    return True
