"""`skelp tls` makes certificates that clients accept for the given names alone, and refuses what would end in a lost key."""

from __future__ import annotations

import json
import ssl
from pathlib import Path

import pytest
import typer

from skelp.domain.errors import SkelpError
from tests.certificates import self_signed
from tests.unit.conftest import skelp


def new(folder: Path, *names: object) -> None:
    skelp("tls", "new", *names, "--out", folder)


def shown(file: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capsys.readouterr()
    skelp("tls", "show", file, "--json")
    return list(json.loads(capsys.readouterr().out)["certificates"])


def shakes_hands(folder: Path, stem: str, called: str) -> bool:
    """Whether a strict client that trusts the folder's CA accepts the certificate under the name by which it called."""
    trusting = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    trusting.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(folder / f"{stem}.pem", folder / f"{stem}.key")
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client, server = trusting.wrap_bio(back, there, server_hostname=called), serving.wrap_bio(there, back, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLCertVerificationError:
            return False
    return True


def test_clients_that_trust_the_ca_accept_the_certificate_for_its_names_alone(tmp_path: Path) -> None:
    new(tmp_path, "Line1.plant.example", "10.0.0.7", "fd00::7")
    assert all(shakes_hands(tmp_path, "line1.plant.example", name) for name in ("line1.plant.example", "10.0.0.7", "fd00::7"))
    assert not any(shakes_hands(tmp_path, "line1.plant.example", name) for name in ("line2.plant.example", "10.0.0.8"))
    modes = {f.name: f.stat().st_mode & 0o777 for f in tmp_path.iterdir()}
    assert modes == {"ca.key": 0o600, "ca.pem": 0o644, "line1.plant.example.key": 0o600, "line1.plant.example.pem": 0o644}


def test_a_second_station_gets_its_certificate_from_the_same_ca(tmp_path: Path) -> None:
    new(tmp_path, "line1")
    ca = (tmp_path / "ca.pem").read_bytes(), (tmp_path / "ca.key").read_bytes()
    new(tmp_path, "line2")
    assert ((tmp_path / "ca.pem").read_bytes(), (tmp_path / "ca.key").read_bytes()) == ca
    assert shakes_hands(tmp_path, "line1", "line1")
    assert shakes_hands(tmp_path, "line2", "line2")


def test_nothing_is_replaced_unless_asked_and_then_not_the_ca(tmp_path: Path) -> None:
    new(tmp_path, "line1")
    before = {f.name: f.read_bytes() for f in tmp_path.iterdir()}
    with pytest.raises(SkelpError, match=r"line1.pem is there already.*--force"):
        new(tmp_path, "line1")
    (tmp_path / "line1.pem").unlink()
    with pytest.raises(SkelpError, match=r"line1.key is there already"):
        new(tmp_path, "line1")
    skelp("tls", "new", "line1", "--out", tmp_path, "--force")
    after = {f.name: f.read_bytes() for f in tmp_path.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"line1.pem", "line1.key"}


def test_what_a_certificate_says_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    skelp("tls", "new", "line1", "10.0.0.7", "line1", "--out", tmp_path, "--days", 10)
    (line1,), (ca,) = shown(tmp_path / "line1.pem", capsys), shown(tmp_path / "ca.pem", capsys)
    assert line1["names"] == ["line1", "10.0.0.7"]
    assert line1["issuer"] == ca["subject"]
    assert line1["days_left"] == 9
    assert (line1["is_ca"], ca["is_ca"]) == (False, True)
    skelp("tls", "show", tmp_path / "line1.pem")
    assert "10.0.0.7" in capsys.readouterr().out
    with pytest.raises(SkelpError, match=r"ca.key has no certificate in PEM"):
        shown(tmp_path / "ca.key", capsys)
    with pytest.raises(SkelpError, match=r"cannot read .*none.pem"):
        shown(tmp_path / "none.pem", capsys)


@pytest.mark.parametrize(
    "name", ["", "https://line1", "line1:8443", "10.0.0.300", "*.plant.example", "라인1", "line-", "fe80::1%eth0", "a" * 64, "../line1"]
)
def test_a_name_that_no_client_could_check_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SkelpError, match="neither a host name nor an IP address"):
        new(tmp_path / "out", "line1", name)
    assert not (tmp_path / "out").exists()


def test_a_certificate_that_apple_would_refuse_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter):
        skelp("tls", "new", "line1", "--out", tmp_path, "--days", 826)


def test_a_ca_that_cannot_sign_is_refused_and_stays(tmp_path: Path) -> None:
    new(tmp_path, "line1")
    key = (tmp_path / "ca.key").read_bytes()
    (tmp_path / "ca.key").unlink()
    with pytest.raises(SkelpError, match=r"ca.pem is there without .*ca.key"):
        new(tmp_path, "line2")
    (tmp_path / "ca.key").write_bytes((tmp_path / "line1.key").read_bytes())
    with pytest.raises(SkelpError, match=r"ca.key is not the key .* of .*ca.pem"):
        new(tmp_path, "line2")
    (tmp_path / "ca.key").write_text("lost")
    with pytest.raises(SkelpError, match=r"ca.key is no private key"):
        new(tmp_path, "line2")
    (tmp_path / "ca.key").write_bytes(key)
    (tmp_path / "ca.pem").write_bytes((tmp_path / "line1.pem").read_bytes())
    (tmp_path / "ca.key").write_bytes((tmp_path / "line1.key").read_bytes())
    with pytest.raises(SkelpError, match=r"ca.pem is not a CA"):
        new(tmp_path, "line2")
    with pytest.raises(SkelpError, match="give another name first"):
        new(tmp_path, "ca")
    assert not (tmp_path / "line2.pem").exists()


def test_a_certificate_does_not_outlive_its_ca(tmp_path: Path) -> None:
    self_signed(tmp_path, "ca", ends_in_days=20)
    with pytest.raises(SkelpError, match=r"ca.pem ends at .*before 825 days are over"):
        new(tmp_path, "line1")
    skelp("tls", "new", "line1", "--out", tmp_path, "--days", 19)
    assert shakes_hands(tmp_path, "line1", "line1")
    self_signed(tmp_path, "ca", begins_in_days=-20, ends_in_days=-10)
    with pytest.raises(SkelpError, match=r"the CA .*ca.pem ended at"):
        new(tmp_path, "line2")


def test_a_folder_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SkelpError, match=r"cannot write .*choose another --out"):
        new(tmp_path / "file", "line1")
