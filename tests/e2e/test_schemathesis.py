"""schemathesis (https://schemathesis.io) asks a station whatever the OpenAPI document allows, and much that it does not.

No answer may be a server error, or one that the document does not have: status, media type, headers and fields. No call that needs a
token may do without one. Another method is 405 with Allow.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from skelp.domain.access import Role
from tests.filled_station import served
from tests.unit.api.test_document import IDS

CONFIG = Path(__file__).parent / "schemathesis.toml"
FEW, MANY = 5, 200


def found(address: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run schemathesis with all its checks. It ends with 0 if every answer is right, with 1 if not."""
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", f"{address}/openapi.json", *more]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=1500, check=False)


@pytest.mark.parametrize("asks", [False, True], ids=["open", "with tokens"])
@pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_every_answer_is_one_that_the_document_has(tmp_path: Path, asks: bool, examples: int) -> None:
    with served(tmp_path, asks=asks) as station:
        token = ["--header", f"Authorization: Bearer {station.tokens[Role.ADMIN]}"] if asks else []
        unasked = [] if asks else ["--exclude-checks", "ignored_auth"]  # a station that answers on loopback only asks for no token
        quick = [] if asks or examples == MANY else ["--phases", "examples,fuzzing"]  # the rest is the same, and is asked with tokens
        run = found(station.address, tmp_path, "--max-examples", str(examples), *token, *unasked, *quick)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2000:]
    assert re.findall(r"^  Tested: (\d+)$", run.stdout, re.MULTILINE) == [str(len(IDS))]


def test_a_call_that_needs_no_token_would_be_found(tmp_path: Path) -> None:
    with served(tmp_path, asks=False) as station:
        run = found(station.address, tmp_path, "--max-examples", "1", "--include-operation-id", "get_station")
    assert run.returncode == 1, run.stdout[-20_000:] + run.stderr[-2000:]
    assert "ST401" in run.stdout  # it accepts a token that is not good
