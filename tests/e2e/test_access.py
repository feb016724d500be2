"""A station that other machines reach: over TLS, with the commands of docs/security.md, it answers to whoever has a token."""

from __future__ import annotations

import json
import re
import shutil
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
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def commands(about: str) -> list[str]:
    """The commands of the page's block that has these words, one a line."""
    block = next(b for b in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if about in b)
    return [line for line in block.replace("\\\n", " ").splitlines() if line.strip()]


def test_a_station_on_all_addresses_answers_over_tls_to_a_token_alone(tmp_path: Path) -> None:
    for command in commands("openssl"):
        subprocess.run(command, shell=True, cwd=tmp_path, check=True, capture_output=True)
    file = station_file(tmp_path)
    more = 'host = "0.0.0.0"\ncertificate = "line1.pem"\nprivate_key = "line1.key"\n'
    file.write_text(file.read_text().replace("[server]\n", f"[server]\n{more}"))
    secret = skelp("token", "new", "mes-1", "--role", "mes", "--station", file)
    trusted = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
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


def skelp(*arguments: object, stdin: str = "") -> str:
    """What a command prints, run in a process of its own."""
    command = [sys.executable, "-m", "skelp", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, input=stdin).stdout.strip()
