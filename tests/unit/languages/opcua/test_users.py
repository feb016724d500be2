"""Who is let in: a station's tokens by their names, and certificates that somebody put among the trusted ones."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua
from asyncua.common.utils import ServiceError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from skelp.domain.errors import SkelpError
from skelp_client import NotAllowed, Problem, Unreachable
from skelp_languages.opcua.certificates import Trusted, own_certificate
from skelp_languages.opcua.upstream.callers import PlantUser
from skelp_languages.opcua.users import HOLDS_S, Session, Users

TOKENS = {"mes-token": Session("mes-1", ("read", "coils")), "reader-token": Session("scada", ("read",))}


class Station:
    """Asks for tokens, and how often it was asked."""

    def __init__(self) -> None:
        self.asked, self.away, self.tokens = 0, False, dict(TOKENS)

    def __call__(self, secret: str) -> Session:
        self.asked += 1
        if self.away:
            raise Unreachable("station", "it rests", sent=False)
        if secret not in self.tokens:
            raise NotAllowed("GET /session", Problem(401, "Unauthorized", "this token is unknown"))
        return self.tokens[secret]


@pytest.fixture
def station() -> Station:
    return Station()


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def users(station: Station, now: list[float], tmp_path: Path) -> Users:
    return Users(station, Trusted(tmp_path), anonymous_reads=False, no_security=False, clock=lambda: now[0])


def proved(users: Users, name: str, secret: str) -> PlantUser | None:
    asyncio.run(users.prove(name, secret))
    return users.get_user(None, name, secret)


def test_a_token_comes_in_under_its_own_name_alone(users: Users) -> None:
    user = proved(users, "mes-1", "mes-token")
    assert user is not None
    assert user.rights == {"read", "coils"}
    assert "mes-token" not in repr(user)
    assert proved(users, "scada", "mes-token") is None
    assert proved(users, "mes-1", "other") is None
    assert proved(users, "mes-1", "") is None
    assert users.get_user(None, "mes-1", "mes-token2") is None


def test_nobody_comes_in_without_a_name_unless_anonymous_reads(users: Users, station: Station, tmp_path: Path) -> None:
    assert users.get_user(None) is None
    reading = Users(station, Trusted(tmp_path), anonymous_reads=True, no_security=False).get_user(None)
    assert reading is not None
    assert (sorted(reading.rights), reading.secret) == (["read"], None)


def test_an_answer_holds_a_minute_and_a_refusal_not_at_all(users: Users, station: Station, now: list[float]) -> None:
    assert [proved(users, "mes-1", "mes-token") is not None for _ in range(3)] == [True] * 3
    assert station.asked == 1
    now[0] = HOLDS_S
    assert users.get_user(None, "mes-1", "mes-token") is None
    assert proved(users, "mes-1", "mes-token") is not None
    assert station.asked == 2
    assert [proved(users, "mes-1", "wrong") for _ in range(2)] == [None, None]
    assert station.asked == 4


def test_where_the_station_does_not_say_nobody_new_comes_in(users: Users, station: Station) -> None:
    station.away = True
    with pytest.raises(ServiceError) as refused:
        proved(users, "mes-1", "mes-token")
    assert refused.value.code == ua.StatusCodes.BadNoCommunication


def test_a_station_that_asks_nobody_has_no_users(users: Users, station: Station) -> None:
    station.tokens["anything"] = Session(None, ("read", "admin"))
    assert proved(users, "root", "anything") is None


class OpenSession:
    def __init__(self, user: Any) -> None:
        self.user, self.closed = user, False

    async def close_session(self) -> None:
        self.closed = True


def test_a_session_ends_with_its_token_and_loses_rights_with_them(users: Users, station: Station) -> None:
    mes, reader, nobody = (
        OpenSession(u) for u in (proved(users, "mes-1", "mes-token"), proved(users, "scada", "reader-token"), PlantUser())
    )
    sessions: list[Any] = [mes, reader, nobody]
    station.away = True
    asyncio.run(users.end_what_is_revoked(sessions))
    assert [one.closed for one in (mes, reader, nobody)] == [False] * 3
    station.away = False
    del station.tokens["reader-token"]
    station.tokens["mes-token"] = Session("mes-1", ("read",))
    asyncio.run(users.end_what_is_revoked(sessions))
    assert (mes.closed, reader.closed, nobody.closed) == (False, True, False)
    assert mes.user.rights == {"read"}
    assert users.get_user(None, "scada", "reader-token") is None


def certificate(
    ends_in_days: float = 10, signed_by: tuple[x509.Certificate, rsa.RSAPrivateKey] | None = None, *, ca: bool = False
) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    key, now = rsa.generate_private_key(public_exponent=65537, key_size=2048), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "client" if signed_by else "authority")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(signed_by[0].subject if signed_by else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=20))
        .not_valid_after(now + timedelta(days=ends_in_days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(signed_by[1] if signed_by else key, hashes.SHA256())
    )
    return made, key


def der(made: tuple[x509.Certificate, rsa.RSAPrivateKey]) -> bytes:
    return made[0].public_bytes(Encoding.DER)


def test_a_client_is_let_in_when_somebody_moved_its_certificate(tmp_path: Path) -> None:
    own_certificate(tmp_path, "line1", [])
    trusted, client = Trusted(tmp_path), der(certificate())
    assert "not in" in str(trusted.fault(client))
    (file,) = (tmp_path / "rejected").iterdir()
    assert file.read_bytes() == client
    file.rename(tmp_path / "trusted" / file.name)
    assert trusted.fault(client) is None
    (tmp_path / "trusted" / file.name).unlink()
    assert trusted.fault(client) is not None


def test_one_that_expired_or_is_none_is_refused_whatever_is_trusted(tmp_path: Path) -> None:
    own_certificate(tmp_path, "line1", [])
    old = der(certificate(ends_in_days=-1))
    (tmp_path / "trusted" / "old.der").write_bytes(old)
    assert "expired" in str(Trusted(tmp_path).fault(old))
    assert "no certificate" in str(Trusted(tmp_path).fault(b"nonsense"))
    assert list((tmp_path / "rejected").iterdir()) == []


def test_an_authority_is_trusted_with_what_it_signed_and_an_end_user_certificate_is_not(tmp_path: Path) -> None:
    own_certificate(tmp_path, "line1", [])
    authority, no_authority = certificate(ca=True), certificate(ca=False)
    (tmp_path / "trusted" / "ca.pem").write_bytes(authority[0].public_bytes(Encoding.PEM))
    (tmp_path / "trusted" / "end.der").write_bytes(der(no_authority))
    (tmp_path / "trusted" / "note.txt").write_text("none")
    (tmp_path / "trusted" / "broken.pem").write_text("none")
    trusted = Trusted(tmp_path)
    assert trusted.fault(der(certificate(signed_by=authority))) is None
    assert trusted.fault(der(certificate(signed_by=no_authority))) is not None


def test_strangers_do_not_fill_the_disk(tmp_path: Path) -> None:
    own_certificate(tmp_path, "line1", [])
    for n in range(50):
        (tmp_path / "rejected" / f"{n}.der").write_bytes(b"")
    assert "is full" in str(Trusted(tmp_path).fault(der(certificate())))
    assert len(list((tmp_path / "rejected").iterdir())) == 50


def test_the_servers_certificate_is_made_once_and_only_its_owner_reads_its_key(tmp_path: Path) -> None:
    own = own_certificate(tmp_path / "new", "line1", ["line1.plant.example", "10.0.0.7"])
    made = x509.load_der_x509_certificate(own.certificate.read_bytes())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [own.uri]
    assert own.uri.endswith(":skelp:line1")
    assert "line1.plant.example" in names.get_values_for_type(x509.DNSName)
    assert [str(a) for a in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.7"]
    assert own.key.stat().st_mode & 0o077 == 0
    assert own_certificate(tmp_path / "new", "other", []) == own


def test_one_that_expired_stops_the_server_with_what_to_do(tmp_path: Path) -> None:
    own = own_certificate(tmp_path, "line1", [])
    own.certificate.write_bytes(der(certificate(ends_in_days=-1)))
    with pytest.raises(SkelpError, match="has expired; delete it"):
        own_certificate(tmp_path, "line1", [])
    own.certificate.write_bytes(b"nonsense")
    with pytest.raises(SkelpError, match="is no certificate; delete it"):
        own_certificate(tmp_path, "line1", [])
    own.certificate.write_bytes(der(certificate()))
    with pytest.raises(SkelpError, match="names no application URI"):
        own_certificate(tmp_path, "line1", [])


def revoking(authority: tuple[x509.Certificate, Any], *revoked: x509.Certificate, days: float = 1, delta: bool = False) -> bytes:
    """A revocation list of an authority, DER."""
    now = datetime.now(UTC)
    made = x509.CertificateRevocationListBuilder().issuer_name(authority[0].subject)
    made = made.last_update(now - timedelta(days=10)).next_update(now + timedelta(days=days))
    for one in revoked:
        made = made.add_revoked_certificate(x509.RevokedCertificateBuilder().serial_number(one.serial_number).revocation_date(now).build())
    if delta:
        made = made.add_extension(x509.DeltaCRLIndicator(1), critical=True)
    return made.sign(authority[1], hashes.SHA256()).public_bytes(Encoding.DER)


def pem(list_: bytes) -> bytes:
    return x509.load_der_x509_crl(list_).public_bytes(Encoding.PEM)


def test_whom_an_authority_has_revoked_is_refused(tmp_path: Path) -> None:
    own_certificate(tmp_path, "line1", [])
    authority, other = certificate(ca=True), certificate(ca=True)
    gone, kept = certificate(signed_by=authority), certificate(signed_by=authority)
    folder, trusted = tmp_path / "trusted", Trusted(tmp_path)
    (folder / "ca.der").write_bytes(der(authority))
    (folder / "other.der").write_bytes(der(other))
    assert trusted.fault(der(gone)) is None
    (folder / "ca.crl").write_bytes(revoking(authority, gone[0]))
    assert "has revoked it" in str(trusted.fault(der(gone)))
    assert trusted.fault(der(kept)) is None
    (folder / "ca.crl").write_bytes(pem(revoking(other)) + pem(revoking(authority, gone[0])))
    assert "has revoked it" in str(trusted.fault(der(gone))), "each list of a file counts"
    (folder / "ca.crl").write_bytes(revoking(other, kept[0]))
    assert trusted.fault(der(kept)) is None, "the list of another authority that is trusted, though of the same name, says nothing"
    (folder / "ca.crl").write_bytes(revoking(authority, days=-1))
    assert "out of date" in str(trusted.fault(der(kept)))
    (folder / "new.CRL").write_bytes(pem(revoking(authority)))
    assert trusted.fault(der(kept)) is None


@pytest.mark.parametrize("fault", ["cannot be read", "not signed by", "one of a part"])
def test_a_list_that_is_not_understood_lets_nobody_in_whom_the_authority_signed(tmp_path: Path, fault: str) -> None:
    own_certificate(tmp_path, "line1", [])
    authority = certificate(ca=True)
    kept, folder, trusted = certificate(signed_by=authority), tmp_path / "trusted", Trusted(tmp_path)
    (folder / "ca.der").write_bytes(der(authority))
    whole = revoking(authority)
    faulty = {
        "cannot be read": [b"none", b"-----BEGIN none-----", whole[:-9]],
        "not signed by": [whole[:-1] + bytes([whole[-1] ^ 1]), revoking(certificate(ca=True))],
        "one of a part": [revoking(authority, delta=True)],
    }
    for content in faulty[fault]:
        (folder / "ca.crl").write_bytes(content)
        assert fault in str(trusted.fault(der(kept)))
    (folder / "ca.crl").unlink()
    (folder / "ca.crl").mkdir()
    assert "cannot be read" in str(trusted.fault(der(kept)))
    (folder / "kept.der").write_bytes(der(kept))
    assert trusted.fault(der(kept)) is None, "it is trusted by itself"
