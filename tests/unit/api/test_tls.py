"""A certificate that cannot serve is named before the station starts."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from skelp.api.tls import check_certificate
from skelp.domain.errors import SkelpError

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def certificate(folder: Path, name: str, *more: str) -> tuple[Path, Path]:
    """A self-signed certificate and its key."""
    made, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
    ]
    subprocess.run(
        [*command, "-addext", "subjectAltName=IP:127.0.0.1", *(more or ("-nodes",)), "-keyout", key, "-out", made],
        check=True,
        capture_output=True,
    )
    return made, key


def test_a_certificate_and_its_key_are_accepted_and_others_are_named(tmp_path: Path) -> None:
    good, key = certificate(tmp_path, "good")
    check_certificate(good, key)
    _, other = certificate(tmp_path, "other")
    with pytest.raises(SkelpError, match=r"other.key is not the key of .*good.pem"):
        check_certificate(good, other)
    with pytest.raises(SkelpError, match=r"are not a certificate and its key in PEM"):
        check_certificate(key, key)
    (tmp_path / "text.pem").write_text("no certificate")
    with pytest.raises(SkelpError, match="in PEM"):
        check_certificate(tmp_path / "text.pem", key)
    with pytest.raises(SkelpError, match=r"cannot read .*none.pem.*check certificate and private_key"):
        check_certificate(tmp_path / "none.pem", key)


def test_a_key_with_a_password_is_refused_without_asking_for_it(tmp_path: Path) -> None:
    made, key = certificate(tmp_path, "locked", "-passout", "pass:secret")
    with pytest.raises(SkelpError, match=r"locked.key has a password"):
        check_certificate(made, key)
