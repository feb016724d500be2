"""The wheels of skelp and of its client, each in a separate environment: skelp runs without torch, and the client without skelp."""

from __future__ import annotations

import json
from pathlib import Path

from packaging.requirements import Requirement
from PIL import Image

from skelp.capture.synthetic import MarkKind, Planted, SyntheticConfig, SyntheticStrip
from skelp.capture.synthetic.planting import Density
from tests.e2e.test_station import started, station_file
from tests.wheels import client_wheel, environment, skelp_wheel


def test_the_wheel_of_skelp_inspects_without_torch_or_training_code(tmp_path: Path) -> None:
    wheel = skelp_wheel(tmp_path / "dist")
    assert not {r.name for r in wheel.requirements} & {"torch", "torchvision", "skelp-training", "albumentations", "scipy"}
    assert Requirement("onnx>=1.18").name not in {r.name for r in wheel.requirements if not r.marker or "extra" not in str(r.marker)}
    assert not [n for n in wheel.names if "training" in n or "client" in n or n.startswith("tests")]
    assert {n.split("/")[2] for n in wheel.names if n.startswith("skelp/models/")} == {"strip-open"}, "its licence allows any use"

    alone = environment(tmp_path / "alone", [wheel])
    assert not list(alone.folder.glob("lib/python*/site-packages/torch"))
    empty = tmp_path / "empty"
    empty.mkdir()
    scratch = Planted(MarkKind.SCRATCH, 200, 100, 400, 5, seed=5)
    strip = SyntheticStrip(SyntheticConfig(seed=11, width=512, density=Density.clean(), extra=(scratch,)))
    Image.fromarray(strip.pixels(0, 800)).save(empty / "strip.png")
    done = alone.run("skelp inspect strip.png --out found --json", empty)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["lines"] == 800
    found = json.loads((empty / "found" / "defects.json").read_text())
    assert [(d["class"], round(d["along_mm"] / 10)) for d in found] == [("scratch", 5)], "the scratch begins at line 200, 0.25 mm per line"

    done = alone.run("skelp train my-steel.toml", empty)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("skelp: skelp train is a command of skelp-training, which is not installed; install it beside skelp: pip")
    assert done.stderr.count("\n") == 1


def test_the_wheel_of_the_client_works_without_skelp(tmp_path: Path) -> None:
    wheel = client_wheel(tmp_path / "dist")
    assert [r.name for r in wheel.requirements] == ["httpx2"]
    assert {n.split("/")[0] for n in wheel.names if ".dist-info" not in n} == {"skelp_client"}
    assert "skelp_client/py.typed" in wheel.names

    alone = environment(tmp_path / "alone", [wheel])
    done = alone.run("python -c 'import skelp'", tmp_path)
    assert "No module named 'skelp'" in done.stderr
    file = station_file(tmp_path)
    with started(file) as station:
        program = f'from skelp_client import Station; print(Station("{station.address}").announce("K1", heat="H1").heat)'
        done = alone.run(f"python -c '{program}'", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "H1\n", "")
