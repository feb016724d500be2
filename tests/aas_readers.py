"""Three readers of Asset Administration Shells that nobody here wrote: aas-test-engines of the IDTA, aas-submodel-validate, and basyx.

basyx needs an older python-dateutil than training has, so it has an environment of its own, which is made when a test asks for it.
"""

from __future__ import annotations

import functools
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aas_submodel_validate
import aas_test_engines.file

from tests.conftest import ROOT

BASYX = "basyx-python-sdk==2.2.0"
AI_TEMPLATE = ROOT / "tests" / "data" / "aas" / "IDTA-02060-1-0-1.json"
_HOME = ROOT / ".venv-basyx"
_READ = """
import hashlib, json, sys
from basyx.aas import model
from basyx.aas.adapter import aasx

def elements(found):
    for e in found:
        yield type(e).__name__
        inside = getattr(e, "value", None)
        if isinstance(e, (model.SubmodelElementCollection, model.SubmodelElementList)):
            yield from elements(inside)

told = []
for name in sys.argv[1:]:
    objects, files = model.DictIdentifiableStore(), aasx.DictSupplementaryFileContainer()
    try:
        with aasx.AASXReader(name, failsafe=False) as reader:
            reader.read_into(objects, files)
    except Exception as error:
        told.append({"error": repr(error)})
        continue
    told.append({
        "ids": sorted(o.id for o in objects),
        "elements": {o.id_short: len(list(elements(o.submodel_element))) for o in objects if isinstance(o, model.Submodel)},
        "files": {f: files.get_sha256(f).hex() for f in files},
    })
print(json.dumps(told))
"""


def faults_by_test_engines(document: dict[str, Any] | bytes) -> list[str]:
    """What aas-test-engines finds in an environment, or in a package."""
    if isinstance(document, bytes):
        result = aas_test_engines.file.check_aasx_file(io.BytesIO(document))  # type: ignore[arg-type] # it wants bytes, and says text
    else:
        result = aas_test_engines.file.check_json_data(document)
    return [] if result.ok() else list(result.to_lines())  # type: ignore[no-untyped-call]


def faults_by_validate(document: dict[str, Any] | bytes, template: Path | None = None) -> list[str]:
    """What aas-submodel-validate finds: against the published templates that it has, or against `template`. Warnings count."""
    form, body = ("aasx", document) if isinstance(document, bytes) else ("json", json.dumps(document).encode())
    report = aas_submodel_validate.validate(body, format=form, allow_unmatched=True, template=template and str(template))
    return [f"{f.id}: {f.violation}" for f in report.findings]


@functools.cache
def why_no_basyx() -> str | None:
    """Makes the environment of basyx. Why that cannot be done; None if it is there."""
    if (_HOME / "ready").is_file():
        return None
    for command in (["venv", str(_HOME)], ["pip", "install", "--quiet", "--disable-pip-version-check", BASYX]):
        python = sys.executable if command[0] == "venv" else str(_HOME / "bin" / "python")
        environment = {k: v for k, v in os.environ.items() if k not in ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT")}
        done = subprocess.run([python, "-m", *command], capture_output=True, text=True, check=False, env=environment)
        if done.returncode:
            return f"{BASYX} cannot be installed: {done.stderr.strip()[-300:]}"
    (_HOME / "ready").touch()
    return None


def read_by_basyx(packages: Sequence[Path]) -> list[dict[str, Any]]:
    """What basyx reads of each package: ids, number of elements of each submodel, hashes of the files; or its `error`."""
    command = [str(_HOME / "bin" / "python"), "-c", _READ, *map(str, packages)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told
