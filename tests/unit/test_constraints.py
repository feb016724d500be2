"""A fresh clone installs the same versions next year, from any index, on every supported Python."""

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

PROJECTS = [ROOT / folder / "pyproject.toml" for folder in ("", "src/client", "training")]
LINES = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]


def requirements(file: Path) -> list[Requirement]:
    """The requirements of a project to build and install it, with all extras."""
    body = tomllib.loads(file.read_text())
    extras = body["project"].get("optional-dependencies", {}).values()
    texts = [*body["build-system"]["requires"], *body["project"]["dependencies"], *(t for extra in extras for t in extra)]
    return [r for t in texts if not canonicalize_name((r := Requirement(t)).name).startswith("skelp")]


@pytest.mark.parametrize("file", PROJECTS, ids=lambda f: f.parent.name)
def test_every_dependency_has_one_allowed_version(file: Path) -> None:
    pinned = {canonicalize_name(r.name): r for r in map(Requirement, LINES)}
    for required in requirements(file):
        assert canonicalize_name(required.name) in pinned, f"{required} has no version in constraints.txt; run make constraints"
        (version,) = pinned[canonicalize_name(required.name)].specifier
        assert version.operator == "=="
        assert required.specifier.contains(version.version), (
            f"constraints.txt has {required.name} {version.version}, {file} requires {required}"
        )


def test_constraints_and_lock_file_name_no_index() -> None:
    assert not [line for line in LINES if "://" in line or line.startswith("-")]
    assert "resolved" not in (ROOT / "web" / "package-lock.json").read_text()


def pythons(folder: Path, *versions: str, newest: bool = False, **more: str) -> str:
    """Run tools/python on a path with fake programs python3.N, one for each of `versions`. Returns the program that it finds."""
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


def test_make_uses_the_first_supported_python_and_with_newest_the_newest(tmp_path: Path) -> None:
    assert pythons(tmp_path) == ""
    assert pythons(tmp_path, "3.12.1") == f"{tmp_path}/python3.12"
    assert pythons(tmp_path, "3.9.1", "3.11.2", "3.9.9") == f"{tmp_path}/python3.11"
    assert pythons(tmp_path, newest=True) == f"{tmp_path}/python3.12"
    assert pythons(tmp_path, "3.13.0", newest=True) == f"{tmp_path}/python3.13"


def test_the_running_python_is_found(tmp_path: Path) -> None:
    """It has venv, is no pre-release, and is found through a link on the PATH."""
    version = f"3.{sys.version_info.minor}"
    (tmp_path / f"python{version}").symlink_to(os.path.realpath(sys.executable))
    found = pythons(tmp_path)
    assert re.search(rf"python{version}$", found)


def test_the_workflow_runs_all_checks() -> None:
    (workflow,) = (ROOT / ".github" / "workflows").glob("*.yml")
    assert "run: .ci/run\n" in workflow.read_text()
    assert (ROOT / "src" / "skelp" / "py.typed").is_file()
    assert (ROOT / "src" / "client" / "skelp_client" / "py.typed").is_file()
