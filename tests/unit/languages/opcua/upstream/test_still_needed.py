"""Every way round asyncua is still needed: a test that fails here says that asyncua mended something, and which file can be taken out."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.conftest import ROOT

HERE = Path(__file__).parent
NODESET = ROOT / "src" / "languages" / "skelp_languages" / "opcua" / "nodeset" / "Opc.Ua.MachineVision.NodeSet2.xml"
FAULTS = {
    "inherited fields are missing": "structures",
    "a type of namespace 0 is taken": "structures",
    "a method is not guarded": "methods",
    "OfType knows no subtypes": "of_type",
    "an event reaches one node alone": "events",
    "fields of event templates have no type": "events",
    "an optional object has its declaration as its type": "parts",
    "a session's token can be guessed": "sessions",
    "anybody may register a server": "sessions",
    "a user is asked for without waiting": "sessions",
    "a channel without encryption is always open": "sessions",
    "a client deletes another's subscription": "subscriptions",
    "a message that is not there is sent empty": "subscriptions",
    "who has no subscription waits for news": "subscriptions",
    "a session that moved ends with its old channel": "moving",
    "a server that ends a subscription does not stop": "stopping",
    "whoever is called admin is one": "endpoints",
    "user names are offered without encryption": "endpoints",
}


@pytest.fixture(scope="module")
def found() -> dict[str, bool]:
    run = [sys.executable, str(HERE / "plain_asyncua.py"), str(NODESET)]
    answer: dict[str, bool] = json.loads(subprocess.run(run, capture_output=True, text=True, check=True, timeout=120).stdout)
    return answer


@pytest.mark.parametrize("fault", FAULTS)
def test_asyncua_has_this_fault_still(found: dict[str, bool], fault: str) -> None:
    assert found[fault], (
        f"asyncua {version('asyncua')} mended it: take out what skelp_languages/opcua/upstream/{FAULTS[fault]}.py does for it"
    )


def test_every_fault_and_every_file_is_listed(found: dict[str, bool]) -> None:
    assert set(found) == set(FAULTS)
    files = {f.stem for f in (ROOT / "src/languages/skelp_languages/opcua/upstream").glob("*.py")} - {"__init__"}
    assert files - set(FAULTS.values()) == {"callers"}  # a method's caller cannot be told from outside
