"""A certificate that cannot serve is named before the station starts, and one that ends soon is logged."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from skelp.api.tls import WARN_DAYS, ServedCertificate
from skelp.domain.errors import SkelpError
from tests.certificates import self_signed


def test_a_certificate_and_its_key_are_accepted_and_others_are_named(tmp_path: Path) -> None:
    good, key = self_signed(tmp_path, "good")
    assert ServedCertificate(good, key).facts.subject.startswith("CN=skelp plant CA")
    _, other = self_signed(tmp_path, "other")
    with pytest.raises(SkelpError, match=r"other.key is not the key of .*good.pem"):
        ServedCertificate(good, other)
    with pytest.raises(SkelpError, match=r"are not a certificate and its key in PEM"):
        ServedCertificate(key, key)
    (tmp_path / "text.pem").write_text("no certificate")
    with pytest.raises(SkelpError, match="in PEM"):
        ServedCertificate(tmp_path / "text.pem", key)
    with pytest.raises(SkelpError, match=r"cannot read .*none.pem.*check certificate and private_key"):
        ServedCertificate(tmp_path / "none.pem", key)


def test_a_key_with_a_password_is_refused_without_asking_for_it(tmp_path: Path) -> None:
    with pytest.raises(SkelpError, match=r"locked.key has a password"):
        ServedCertificate(*self_signed(tmp_path, "locked", password="secret"))


def test_a_certificate_that_is_not_valid_today_is_refused_with_its_date(tmp_path: Path) -> None:
    with pytest.raises(SkelpError, match=r"ended.pem ended at \d{4}-\d\d-\d\d .*clock says \d{4}.*skelp tls new"):
        ServedCertificate(*self_signed(tmp_path, "ended", begins_in_days=-10, ends_in_days=-1))
    with pytest.raises(SkelpError, match=r"early.pem is valid from \d{4}-\d\d-\d\d .*clock says"):
        ServedCertificate(*self_signed(tmp_path, "early", begins_in_days=1))


@pytest.mark.parametrize(("days", "warnings"), [(WARN_DAYS - 1, 1), (WARN_DAYS + 2, 0)])
def test_a_certificate_that_ends_within_a_month_is_logged(tmp_path: Path, days: int, warnings: int) -> None:
    files = self_signed(tmp_path, "line1", ends_in_days=days)
    with capture_logs() as logged:
        ServedCertificate(*files)
    assert [entry["log_level"] for entry in logged] == ["warning"] * warnings
