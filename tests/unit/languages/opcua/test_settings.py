"""Settings that would let somebody in by accident are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from skelp.domain.errors import SkelpError
from skelp.validation import load
from skelp_languages.opcua.settings import OpcUaSettings
from tests.conftest import ROOT

SHORT = 'name = "line1"\nplace = "place.json"\n[security]\ncertificates = "certificates"\n'


def loaded(folder: Path, text: str) -> OpcUaSettings:
    file = folder / "opcua.toml"
    file.write_text(text)
    return load(file, OpcUaSettings, "settings", "docs/plant/opcua.md")


def test_by_default_it_is_loopback_encrypted_and_for_tokens_alone(tmp_path: Path) -> None:
    found = loaded(tmp_path, SHORT)
    assert (found.endpoint.host, found.endpoint.port, found.endpoint.is_loopback) == ("127.0.0.1", 4840, True)
    assert (found.security.anonymous, found.security.no_security) == ("nothing", False)
    assert found.security.certificates == tmp_path / "certificates"


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ('anonymous = "reads"\nno_security = true\n[endpoint]\nhost = "0.0.0.0"\n', "no_security is for this machine alone"),
        ('anonymous = "reads"\nno_security = true\n[endpoint]\nhost = "line1.plant.example"\n', "no_security is for this machine alone"),
        ("no_security = true\n", "without security nobody can show a token"),
        ('anonymous = "writes"\n', "anonymous"),
        ('[endpoint]\nnames = ["a b"]\n', "names"),
        ("[endpoint]\nport = 70000\n", "port"),
    ],
)
def test_what_opens_it_by_accident_is_refused(tmp_path: Path, more: str, fault: str) -> None:
    with pytest.raises(SkelpError, match=fault):
        loaded(tmp_path, SHORT + more)


def test_no_security_is_taken_on_this_machine(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "::1", "localhost", "127.0.0.9"):
        assert loaded(tmp_path, SHORT + f'anonymous = "reads"\nno_security = true\n[endpoint]\nhost = "{host}"\n').endpoint.is_loopback


def test_the_example_writes_into_its_own_folder_alone() -> None:
    """deploy/skelp-opcua.service lets it write nowhere else."""
    found = load(ROOT / "edge" / "opcua.toml", OpcUaSettings, "settings", "")
    assert (found.name, found.place.parent, found.security.certificates.parent) == ("line1-opcua", ROOT / "edge", ROOT / "edge")
