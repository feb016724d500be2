"""Secrets, signatures and settings of webhooks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from skelp.cli import cli
from skelp.domain.errors import SkelpError
from skelp.domain.webhooks import new_secret, read_secret, signature, wait_s
from skelp.settings import WebhookSettings
from skelp.webhooks import made_hook


def test_waits_grow_and_are_bounded() -> None:
    assert [wait_s(n) for n in (1, 2, 3, 8, 10**9)] == [5.0, 10.0, 20.0, 600.0, 600.0]


def test_a_signature_is_that_of_the_specification() -> None:
    """The example of https://github.com/standard-webhooks/standard-webhooks, libraries/python."""
    key = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "24 to 64 bytes"),
        ("whsec_", "24 to 64 bytes"),
        ("whsec_AAAA", "24 to 64 bytes"),
        ("whsec_%%%%", "not base64"),
        ("secret", "24 to 64"),
    ],
)
def test_a_secret_that_is_none_is_named(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_secret(text)
    file = tmp_path / "webhook.key"
    wanted = WebhookSettings(name="mes", url="https://mes.example/x", secret=file)
    with pytest.raises(SkelpError, match="skelp webhook secret"):
        made_hook(wanted)
    file.write_text(text)
    with pytest.raises(SkelpError, match=fault):
        made_hook(wanted)


def test_the_command_makes_a_secret_that_only_its_owner_reads_and_never_replaces_one(tmp_path: Path) -> None:
    file = tmp_path / "webhook.key"
    command: Callable[[], Any] = lambda: cli(["webhook", "secret", str(file)], standalone_mode=False)  # noqa: E731
    command()
    assert len(read_secret(file.read_text())) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SkelpError, match="is not replaced"):
        command()
    assert len({new_secret() for _ in range(9)}) == 9


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"url": "http://mes.example/x"}, "https"),
        ({"url": "ftp://mes.example/x"}, "must be like"),
        ({"url": "mes.example/x"}, "must be like"),
        ({"url": "https://user:word@mes.example/x"}, "has a user"),
        ({"events": []}, "at least 1"),
        ({"events": ["coil.finished"]}, "coil.final"),
        ({"name": "M E S"}, "pattern"),
    ],
)
def test_settings_that_would_not_do_what_was_meant_are_refused(change: dict[str, Any], fault: str) -> None:
    good: dict[str, Any] = {"name": "mes", "url": "http://127.0.0.1:9/x", "secret": "webhook.key"}
    assert WebhookSettings(**good).events == ("coil.final", "coil.changed", "coil.revised", "coil.decided")
    with pytest.raises(ValidationError, match=fault):
        WebhookSettings(**{**good, **change})
