"""The Node that tools/npm gives, for programs of tests in another language."""

from __future__ import annotations

import subprocess
from functools import cache

from tests.conftest import ROOT


@cache
def node() -> str:
    """Its path. Node itself, not npm, so that a test can kill it."""
    asked = [str(ROOT / "tools" / "npm"), "exec", "--offline", "--call", 'node -p "process.execPath"']
    found = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=120, cwd=ROOT / "tools")
    return found.stdout.strip().splitlines()[-1]
