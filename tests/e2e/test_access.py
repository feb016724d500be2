"""A station that other machines reach: over TLS, with the commands of docs/security.md, it answers to whoever has a token."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from skelp.api.callers import REMEMBERED_S
from tests.conftest import ROOT
from tests.e2e.test_station import started, station_file

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


NAMED = 'certificate = "certificates/line1.plant.example.pem"\nprivate_key = "certificates/line1.plant.example.key"\n'
"""The lines of the page's station file that name what its command makes."""


def make_certificate(folder: Path) -> Path:
    """Run the page's command that makes a certificate in a folder. Returns the CA's certificate."""
    (command,) = re.findall(r"^skelp (tls new .*)$", PAGE, re.MULTILINE)
    assert NAMED in PAGE
    subprocess.run([sys.executable, "-m", "skelp", *command.split()], cwd=folder, check=True, capture_output=True)
    return folder / "certificates" / "ca.pem"


def test_a_station_on_all_addresses_answers_over_tls_to_a_token_alone(tmp_path: Path) -> None:
    authority = make_certificate(tmp_path)
    file = station_file(tmp_path)
    file.write_text(file.read_text().replace("[server]\n", f'[server]\nhost = "0.0.0.0"\n{NAMED}'))
    secret = skelp("token", "new", "mes-1", "--role", "mes", "--station", file)
    trusted = ssl.create_default_context(cafile=str(authority))
    with started(file, stderr=str(tmp_path / "log")) as station:
        assert station.address.startswith("https://0.0.0.0:")
        at = station.address.replace("0.0.0.0", "127.0.0.1")

        def ask(path: str, token: str | None = None, context: ssl.SSLContext = trusted) -> int:
            headers = {} if token is None else {"Authorization": f"Bearer {token}"}
            try:
                with urllib.request.urlopen(urllib.request.Request(at + path, headers=headers), timeout=5, context=context) as answer:
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                return error.code

        assert ask("/health/live") == 200
        assert ask("/api/v1/station") == 401
        assert ask("/api/v1/station", secret) == 200
        assert "skelp_certificate_expires_timestamp_seconds" in metrics(at, secret, trusted)
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            ask("/api/v1/station", secret, ssl.create_default_context())
        with pytest.raises((urllib.error.URLError, ConnectionError, OSError)):
            urllib.request.urlopen(at.replace("https", "http") + "/health/live", timeout=5)
        (row,) = json.loads(skelp("token", "list", "--json", "--station", file))["tokens"]
        assert row["last_used_at"] is not None
        skelp("token", "revoke", "mes-1", "--station", file)
        until = time.monotonic() + 2 * REMEMBERED_S
        while ask("/api/v1/station", secret) == 200 and time.monotonic() < until:
            time.sleep(0.2)
        assert ask("/api/v1/station", secret) == 401
        audited = json.loads(skelp("audit", "--json", "--station", file))["audit"]
        assert [e["action"] for e in audited if e["status"] is None] == ["skelp token new", "skelp token revoke"]
        assert ("GET", "/api/v1/station", 401) in {(e["action"], e["subject"], e["status"]) for e in audited}
    log = (tmp_path / "log").read_text()
    assert "a wrong token" in log
    assert secret[6:30] not in log


def metrics(at: str, token: str, context: ssl.SSLContext) -> str:
    request = urllib.request.Request(f"{at}/metrics", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=5, context=context) as answer:
        return str(answer.read().decode())


def skelp(*arguments: object, stdin: str = "") -> str:
    """What a command prints, run in a process of its own."""
    command = [sys.executable, "-m", "skelp", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, input=stdin).stdout.strip()
