"""The Node that tools/npm gives, for programs of tests in another language, with the packages of a folder where they need some."""

from __future__ import annotations

import fcntl
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

NPM = str(ROOT / "tools" / "npm")


@cache
def node() -> str:
    """Its path. Node itself, not npm, so that a test can kill it."""
    asked = [NPM, "exec", "--offline", "--call", 'node -p "process.execPath"']
    found = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=120, cwd=ROOT / "tools")
    return found.stdout.strip().splitlines()[-1]


@cache
def node_with(folder: Path) -> str:
    """Node, once the packages of a folder are there as its lock file has them. Skips the test, and says so, where npm cannot get them."""
    ready, lock_file = folder / "node_modules" / ".ready", folder / "package-lock.json"
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process of the tests may be at it
        if not ready.exists() or ready.stat().st_mtime < lock_file.stat().st_mtime:
            install = [NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            done = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
            if done.returncode:
                pytest.skip(f"npm cannot get the packages of {folder.name}, so no independent client was tried: {done.stderr[-300:]}")
            ready.touch()
    return node()
