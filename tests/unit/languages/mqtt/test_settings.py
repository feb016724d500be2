"""The settings file: what is refused, and with which words."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path
from typing import Any

import pytest

from skelp.domain.errors import SkelpError
from skelp.validation import load
from skelp_languages.commands.mqtt import mqtt
from skelp_languages.mqtt.link import access
from skelp_languages.mqtt.settings import MqttSettings, NameSettings, names_of
from tests.certificates import self_signed
from tests.conftest import ROOT
from tests.unit.languages.mqtt.records import status

FILE = 'name = "scada"\nplace = "p.json"\n[broker]\nhost = "broker"\n'


def loaded(folder: Path, more: str = "") -> MqttSettings:
    (folder / "mqtt.toml").write_text(FILE + more)
    return load(folder / "mqtt.toml", MqttSettings, "settings file", "")


def test_the_example_loads() -> None:
    settings = load(ROOT / "edge" / "mqtt.toml", MqttSettings, "settings file", "")
    assert settings.session_file == ROOT / "edge" / "mqtt.place.json.session"


def test_tls_is_spoken_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    broker = loaded(tmp_path).broker
    assert (broker.tls, broker.port, broker.peer) == (True, 8883, "mqtts://broker:8883")
    assert access(broker).tls is not None
    assert access(loaded(tmp_path, "tls = false").broker).tls is None


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('tls = false\nca = "ca.pem"', "leave out tls = false"), ('certificate = "c.pem"', "belong together"),
        ('password = "p"', "needs a user"),
        ('passwort = "p"', "did you mean password"), ('[names]\ngroup = "a/b"', "names.group"), ("[primary_host]", "primary_host.id"),
        ("keepalive_s = 1", "keepalive_s"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(tmp_path: Path, more: str, says: str) -> None:
    with pytest.raises(SkelpError, match=says):
        loaded(tmp_path, more)


def test_a_password_that_others_may_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("horse\n")
    (tmp_path / "p").chmod(0o640)
    broker = loaded(tmp_path, 'user = "skelp"\npassword = "p"').broker
    with pytest.raises(SkelpError, match=r"permissions 040\); chmod 600"):
        access(broker)
    (tmp_path / "p").chmod(0o600)
    found = access(broker)
    assert found.password == "horse"
    assert "horse" not in repr(found)


def test_certificates_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(SkelpError, match=r"ca\.pem: No such file"):
        access(loaded(tmp_path, 'ca = "ca.pem"').broker)
    self_signed(tmp_path, "locked", password="x")
    (tmp_path / "locked.key").chmod(0o600)
    with pytest.raises(SkelpError, match=r"locked\.pem"):
        access(loaded(tmp_path, 'certificate = "locked.pem"\nkey = "locked.key"').broker)
    (tmp_path / "locked.key").chmod(0o644)
    with pytest.raises(SkelpError, match="chmod 600"):
        access(loaded(tmp_path, 'certificate = "locked.pem"\nkey = "locked.key"').broker)


def test_names_come_from_the_station_where_the_file_leaves_them_out() -> None:
    assert names_of(NameSettings(), status()) == NameSettings(group="Pohang", node="line-1", device="PLTCM")
    odd = names_of(NameSettings(node="n"), status(plant="Linz/2 #1", line=""))
    assert odd == NameSettings(group="Linz-2 -1", node="n", device="line")


def test_without_paho_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("paho"):
            raise ModuleNotFoundError("No module named 'paho'")
        return real(name, *rest)

    for module in ("skelp_languages.mqtt.process", "skelp_languages.mqtt.link"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    loaded(tmp_path)
    with pytest.raises(SkelpError, match=r"pip install 'skelp-languages\[mqtt\]=="):
        mqtt(tmp_path / "mqtt.toml")
