"""The wheel of skelp in a separate environment: it runs without torch, and its training commands name what to install."""

from __future__ import annotations

import json
from pathlib import Path

from packaging.requirements import Requirement
from PIL import Image

from skelp.capture.synthetic import MarkKind, Planted, SyntheticConfig, SyntheticStrip
from skelp.capture.synthetic.planting import Density
from tests.wheels import environment, skelp_wheel


def test_the_wheel_of_skelp_inspects_without_torch_or_training_code(tmp_path: Path) -> None:
    wheel = skelp_wheel(tmp_path / "dist")
    assert not {r.name for r in wheel.requirements} & {"torch", "torchvision", "skelp-training", "albumentations", "scipy"}
    assert Requirement("onnx>=1.18").name not in {r.name for r in wheel.requirements if not r.marker or "extra" not in str(r.marker)}
    assert not [n for n in wheel.names if "training" in n or n.startswith("tests")]

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
