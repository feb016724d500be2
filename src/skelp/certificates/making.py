"""Makes a certificate authority (CA) for a plant that has none, and certificates of stations: EC P-256, SHA-256."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from skelp.certificates.reading import moment, read_certificates
from skelp.domain.disk import cannot_write, failed
from skelp.domain.errors import SkelpError
from skelp.whole_file import whole_file

CA_DAYS = 3650
MOST_DAYS = 825
"""Days of a station's certificate. Apple's systems refuse longer ones, also of a plant's own CA."""
_CLOCKS_DIFFER = timedelta(hours=1)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_PRIVATE, _PUBLIC = 0o600, 0o644


@dataclass(frozen=True, slots=True)
class Made:
    """The files of a new certificate. `is_new_ca`: the CA was made with it."""

    certificate: Path
    private_key: Path
    ca: Path
    is_new_ca: bool


@dataclass(frozen=True, slots=True)
class _Signer:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def new_certificate(names: Sequence[str], folder: Path, days: int, *, replace: bool) -> Made:
    """Make a certificate and its key in `folder`, called after the first name. The CA there signs it; without one, a CA is made first.

    `names`: host names and IP addresses. `days`: 1 to MOST_DAYS. `replace`: write over an earlier certificate and key of that name; a CA is
    never replaced. Raises SkelpError with the cause, before anything is written where that can be known.
    """
    subjects = [_subject(name) for name in names]
    stem = str(subjects[0].value).replace(":", "-").lstrip("-")
    if stem == "ca":
        raise SkelpError("the first name is the name of the files, and ca.pem and ca.key are those of the CA; give another name first")
    made, key = folder / f"{stem}.pem", folder / f"{stem}.key"
    if not replace and (there := [f for f in (made, key) if f.exists()]):
        raise SkelpError(f"{there[0]} is there already; choose another --out, or replace it and its key with --force")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error, "choose another --out") from error
    signer, is_new = _signer(folder)
    begins = datetime.now(UTC) - _CLOCKS_DIFFER
    ends = begins + timedelta(days=days)
    if ends > signer.certificate.not_valid_after_utc:
        raise SkelpError(
            f"the CA {folder / 'ca.pem'} ends at {moment(signer.certificate.not_valid_after_utc)}, before {days} days are over; "
            "give fewer --days, or make a new CA in another --out and take its ca.pem to the machines that call the station"
        )
    own = ec.generate_private_key(ec.SECP256R1())
    certificate = _signed(subjects, own, signer, begins, ends)
    _write(key, _pem(own), _PRIVATE)
    _write(made, certificate.public_bytes(Encoding.PEM), _PUBLIC)
    return Made(made, key, folder / "ca.pem", is_new)


def _subject(name: str) -> x509.DNSName | x509.IPAddress:
    """A host name or an address, as it is written into a certificate."""
    with suppress(ValueError):  # a host name
        if "%" not in name:  # of an interface of this machine alone
            return x509.IPAddress(ip_address(name))
    labels = name.lower().split(".")
    if len(name) <= 253 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit():
        return x509.DNSName(name.lower())
    raise SkelpError(
        f"{name!r} is neither a host name nor an IP address; give it as callers write it, such as line1.plant.example or 10.0.0.7"
    )


def _signer(folder: Path) -> tuple[_Signer, bool]:
    """The CA of the folder, and whether it was made now."""
    file, key_file = folder / "ca.pem", folder / "ca.key"
    if file.exists() != key_file.exists():
        there, missing = (file, key_file) if file.exists() else (key_file, file)
        raise SkelpError(f"{there} is there without {missing}; bring the missing file back, or choose another --out for a new CA")
    if file.exists():
        return _read_signer(file, key_file), False
    key = ec.generate_private_key(ec.SECP256R1())
    begins = datetime.now(UTC) - _CLOCKS_DIFFER
    certificate = _authority(key, begins, begins + timedelta(days=CA_DAYS))
    _write(key_file, _pem(key), _PRIVATE)
    _write(file, certificate.public_bytes(Encoding.PEM), _PUBLIC)
    return _Signer(certificate, key), True


def _read_signer(file: Path, key_file: Path) -> _Signer:
    facts = read_certificates(file)[0]
    try:
        key = load_pem_private_key(key_file.read_bytes(), None)
    except OSError as error:
        raise failed(f"cannot read {key_file}", error) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SkelpError(
            f"{key_file} is no private key in PEM without a password; bring the right one back, or choose another --out for a new CA"
        ) from error
    certificate = x509.load_pem_x509_certificates(file.read_bytes())[0]
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise SkelpError(f"{key_file} is not the key (EC) of {file}; bring the right one back, or choose another --out for a new CA")
    if not facts.is_ca:
        raise SkelpError(f"{file} is not a CA, so clients would not trust what it signs; choose another --out for a new CA")
    if fault := facts.fault():
        raise SkelpError(f"the CA {file} {fault}; choose another --out for a new CA")
    return _Signer(certificate, key)


def _authority(key: ec.EllipticCurvePrivateKey, begins: datetime, ends: datetime) -> x509.Certificate:
    name = _called(f"skelp plant CA {begins.date()}")
    builder = _builder(name, name, key.public_key(), begins, ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(_usage(signs_certificates=True), critical=True).sign(key, SHA256())


def _signed(
    subjects: Sequence[x509.DNSName | x509.IPAddress], key: ec.EllipticCurvePrivateKey, by: _Signer, begins: datetime, ends: datetime
) -> x509.Certificate:
    name = _called(str(subjects[0].value)[:64])
    builder = _builder(name, by.certificate.subject, key.public_key(), begins, ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName(list(dict.fromkeys(subjects))), critical=False)
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
    return builder.add_extension(issued_by, critical=False).sign(by.key, SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(file: Path, content: bytes, mode: int) -> None:
    """Write a whole file or none: whoever reads it meanwhile sees the one before or the new one."""
    with whole_file(file, mode, "choose another --out") as draft:
        draft.chmod(mode)  # whatever the umask
        draft.write_bytes(content)
