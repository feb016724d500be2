"""Certificates for tests: those of `skelp tls new`, and self-signed ones with any validity."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from skelp.certificates import making


def self_signed(folder: Path, name: str, begins_in_days: float = -1, ends_in_days: float = 90, password: str = "") -> tuple[Path, Path]:
    """A certificate without names, and its key."""
    made, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    certificate = making._authority(key, now + timedelta(days=begins_in_days), now + timedelta(days=ends_in_days))
    made.write_bytes(certificate.public_bytes(Encoding.PEM))
    lock = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return made, key_file


def for_a_client(made: making.Made, name: str) -> tuple[Path, Path]:
    """A certificate of a client that the CA of another certificate signed, and its key."""
    by, key, now = making._read_signer(made.ca, made.ca.with_name("ca.key")), ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    builder = making._builder(making._called(name), by.certificate.subject, key.public_key(), now, now + timedelta(days=1))
    certificate, key_file = made.ca.with_name(f"{name}.pem"), made.ca.with_name(f"{name}.key")
    certificate.write_bytes(builder.sign(by.key, hashes.SHA256()).public_bytes(Encoding.PEM))
    key_file.touch(0o600)
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, key_file
