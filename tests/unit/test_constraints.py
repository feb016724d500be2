"""A fresh clone installs the same packages next year, wherever it gets them from, on every Python that is supported."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PROJECTS = [f for f in (ROOT / "pyproject.toml", ROOT / "training" / "pyproject.toml") if f.is_file()]
LINES = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]


def asked(file: Path) -> list[Requirement]:
    """What a project needs to be built and installed, with all of its extras."""
    body = tomllib.loads(file.read_text())
    extras = body["project"].get("optional-dependencies", {}).values()
    texts = [*body["build-system"]["requires"], *body["project"]["dependencies"], *(t for extra in extras for t in extra)]
    return [r for t in texts if not canonicalize_name((r := Requirement(t)).name).startswith("skelp")]


@pytest.mark.parametrize("file", PROJECTS, ids=lambda f: f.parent.name)
def test_every_dependency_has_one_version_that_it_takes(file: Path) -> None:
    pinned = {canonicalize_name(r.name): r for r in map(Requirement, LINES)}
    for needed in asked(file):
        assert canonicalize_name(needed.name) in pinned, f"{needed} has no version in constraints.txt; run make constraints"
        (version,) = pinned[canonicalize_name(needed.name)].specifier
        assert version.operator == "=="
        assert needed.specifier.contains(version.version), f"constraints.txt has {needed.name} {version.version}, {file} asks for {needed}"


def test_neither_constraints_nor_lock_file_names_an_address() -> None:
    assert not [line for line in LINES if "://" in line or line.startswith("-")]
    assert "resolved" not in (ROOT / "web" / "package-lock.json").read_text()


def pythons(folder: Path, *versions: str, newest: bool = False, **more: str) -> str:
    """What tools/python finds among stand-ins named python3.N, of which each says that it is of its version."""
    for version in versions:
        file = folder / f"python{version.rsplit('.', 1)[0]}"
        file.write_text(f'#!/bin/sh\necho {version.replace(".", " ")} "$0"\n')
        file.chmod(0o755)
    command = ["/bin/sh", str(ROOT / "tools" / "python"), *(["--newest"] if newest else [])]
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    for name in ("seq", "sort", "head", "tail", "cut"):
        (tools / name).unlink(missing_ok=True)
        (tools / name).symlink_to(str(shutil.which(name)))
    env = {"PATH": f"{folder}:{tools}", "HOME": str(folder), **more}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.strip()


def test_make_takes_the_first_python_that_it_finds_and_the_newest_where_that_is_asked(tmp_path: Path) -> None:
    assert pythons(tmp_path) == ""
    assert pythons(tmp_path, "3.12.1") == f"{tmp_path}/python3.12"
    assert pythons(tmp_path, "3.9.1", "3.11.2", "3.9.9") == f"{tmp_path}/python3.11"
    assert pythons(tmp_path, newest=True) == f"{tmp_path}/python3.12"
    assert pythons(tmp_path, "3.13.0", newest=True) == f"{tmp_path}/python3.13"


def test_a_python_that_is_fit_is_found(tmp_path: Path) -> None:
    """The true one: it has venv, it is no pre-release, and it is found through a link on the PATH."""
    version = f"3.{sys.version_info.minor}"
    (tmp_path / f"python{version}").symlink_to(os.path.realpath(sys.executable))
    found = pythons(tmp_path)
    assert re.search(rf"python{version}$", found)


def test_the_workflow_runs_what_a_change_must_pass() -> None:
    (workflow,) = (ROOT / ".github" / "workflows").glob("*.yml")
    assert "run: .ci/run\n" in workflow.read_text()
    assert (ROOT / "src" / "skelp" / "py.typed").is_file()
