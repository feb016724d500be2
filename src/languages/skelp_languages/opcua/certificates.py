"""The server's own certificate, made when it starts for the first time, and which clients' certificates it trusts.

FOLDER/own/certificate.der, own/key.pem    the server's: give the first to whoever sets a client up
FOLDER/trusted/                            clients' certificates, or those of authorities that sign them (.der, .pem, .crt, .cer), and the
                                           lists of those that these have revoked (.crl)
FOLDER/rejected/                           those of clients that were refused; move one to trusted/ and it is let in
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from skelp.domain.disk import cannot_write
from skelp.domain.errors import SkelpError
from skelp.whole_file import whole_file
from skelp_languages.opcua.revoked import revocation

_VALID = timedelta(days=5 * 365)
_WARN = timedelta(days=60)
_MOST_REJECTED = 50
_ENDINGS = frozenset({".der", ".pem", ".crt", ".cer"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Own:
    """The server's certificate and key, and the application URI that stands in the certificate."""

    certificate: Path
    key: Path
    uri: str


def own_certificate(folder: Path, name: str, names: list[str]) -> Own:
    """The certificate in a folder. It is made if there is none, with the application URI of this machine and `name`.

    `names`: by which clients call the server. Raises SkelpError if the folder cannot be written, or if the certificate has expired.
    """
    certificate, key = folder / "own" / "certificate.der", folder / "own" / "key.pem"
    try:
        for part in ("own", "trusted", "rejected"):
            (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        if not certificate.exists():
            _make(certificate, key, name, names)
        made = _read(certificate.read_bytes())
    except OSError as error:
        raise cannot_write(folder, error, "choose another folder for the certificates") from error
    if made is None:
        raise SkelpError(f"{certificate} is no certificate; delete it and {key} to have new ones made")
    left = made.not_valid_after_utc - datetime.now(UTC)
    if left < timedelta():
        raise SkelpError(f"{certificate} has expired; delete it and {key} to have new ones made, which the clients then have to trust")
    if left < _WARN:
        log.warning("the certificate expires soon; after that no client comes in", file=str(certificate), days=left.days)
    return Own(certificate, key, _uri_of(made, certificate))


class Trusted:
    """The certificates of clients that are let in. The folder is read each time, so a change counts at once."""

    def __init__(self, folder: Path) -> None:
        self._trusted, self._rejected = folder / "trusted", folder / "rejected"

    def fault(self, der: bytes) -> str | None:
        """Why a client with this certificate is not let in; None if it is. A refused one is put into rejected/."""
        given = _read(der)
        if given is None:
            return "it is no certificate"
        now = datetime.now(UTC)
        if not given.not_valid_before_utc <= now <= given.not_valid_after_utc:
            return "it has expired, or is not valid yet"
        known = self._known()
        if given in known:
            return None
        if authorities := [one for one in known if _signed(given, one)]:
            return next(filter(None, (revocation(given, one, known, self._trusted) for one in authorities)), None)
        return f"it is not in {self._trusted}" + self._reject(given)

    def _known(self) -> list[x509.Certificate]:
        files = [file for file in self._trusted.iterdir() if file.suffix.lower() in _ENDINGS] if self._trusted.is_dir() else []
        found = [(file, _read(file.read_bytes())) for file in files]
        for file, certificate in found:
            if certificate is None:
                log.warning("a file among the trusted certificates is none", file=str(file))
        return [certificate for _, certificate in found if certificate is not None]

    def _reject(self, given: x509.Certificate) -> str:
        file = self._rejected / f"{given.fingerprint(hashes.SHA256()).hex()[:16]}.der"
        try:
            if not file.exists() and len(list(self._rejected.iterdir())) >= _MOST_REJECTED:
                return f", and {self._rejected} is full"
            with whole_file(file) as draft:
                draft.write_bytes(given.public_bytes(Encoding.DER))
        except (OSError, SkelpError) as error:
            return f", and it could not be kept: {error}"
        return f"; move {file} there if you trust {given.subject.rfc4514_string()}"


def _make(certificate: Path, key_file: Path, name: str, names: list[str]) -> None:
    key, host, now = rsa.generate_private_key(public_exponent=65537, key_size=2048), socket.gethostname(), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"skelp {name}"[:64])])
    calls = [x509.UniformResourceIdentifier(f"urn:{host}:skelp:{name}"), *(_general_name(n) for n in dict.fromkeys([host, *names]))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectAlternativeName(calls), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    with whole_file(key_file) as draft:
        draft.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with whole_file(certificate, 0o644) as draft:
        draft.write_bytes(made.public_bytes(Encoding.DER))
    log.info("made a certificate", file=str(certificate), until=made.not_valid_after_utc.date().isoformat())


def _usage() -> x509.KeyUsage:
    """What OPC 10000-6 asks of an application's certificate; the self-signed one signs itself too."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=True,
        data_encipherment=True,
        key_cert_sign=True,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _read(content: bytes) -> x509.Certificate | None:
    """A certificate in DER or PEM; None if it is none."""
    try:
        is_pem = content.lstrip().startswith(b"-----")
        return x509.load_pem_x509_certificate(content) if is_pem else x509.load_der_x509_certificate(content)
    except ValueError:
        return None


def _signed(given: x509.Certificate, authority: x509.Certificate) -> bool:
    """Whether an authority that is valid today signed a certificate."""
    try:
        if not authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        given.verify_directly_issued_by(authority)
    except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature):
        return False
    return authority.not_valid_before_utc <= datetime.now(UTC) <= authority.not_valid_after_utc


def _uri_of(certificate: x509.Certificate, file: Path) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return names.get_values_for_type(x509.UniformResourceIdentifier)[0]
    except (x509.ExtensionNotFound, IndexError) as error:
        raise SkelpError(f"{file} names no application URI, which OPC UA needs; have one made: delete it and own/key.pem") from error
