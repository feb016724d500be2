"""docs/training.md as a newcomer follows it: both wheels installed, an empty folder, a set of masks, a config, four commands."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import skelp
import skelp_client
import skelp_training
from tests.conftest import ROOT
from tests.wheels import client_wheel, environment, skelp_wheel, training_wheel


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", (ROOT / "docs" / "training.md").read_text(encoding="utf-8"), re.DOTALL)


def _grained(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Steel with a grain of its own, by which the leak check distinguishes plates."""
    return cv2.GaussianBlur(rng.normal(90, 30, shape).astype(np.float32), (5, 5), 0).astype(np.float32)


@pytest.fixture
def steel(tmp_path: Path) -> Path:
    """A folder with twelve plates of two pictures, the second one with a white scratch, and a strip to inspect."""
    folder = tmp_path / "empty"
    rng = np.random.default_rng(3)
    for sub in ("images", "masks"):
        (folder / "my-steel" / sub).mkdir(parents=True)
    for plate in range(12):
        for n in range(2):
            image, mask = _grained(rng, (96, 96)), np.zeros((96, 96), np.uint8)
            if n:
                y, x, tall, wide = (int(rng.integers(*r)) for r in ((4, 50), (4, 60), (16, 44), (5, 14)))
                mask[y : y + tall, x : x + wide] = 1
                image[mask > 0] = 210
            name = f"p{plate}-{n}.png"
            Image.fromarray(image.astype(np.uint8)).save(folder / "my-steel" / "images" / name)
            Image.fromarray(mask).save(folder / "my-steel" / "masks" / name)
    (folder / "my-steel" / "classes.json").write_text('{"0": "background", "1": "scratch"}')
    strip = _grained(rng, (320, 256))
    strip[100:180, 100:112] = 210
    Image.fromarray(strip.astype(np.uint8)).save(folder / "strip.png")
    return folder


def test_the_four_commands_of_the_page(steel: Path, tmp_path: Path) -> None:
    config = _blocks("toml")[0]
    smaller = {"steps = 6000": "steps = 90\nbatch = 8\nema = 0.9", "crop = 192": "crop = 64", 'run = "': 'net = "xs"\nrun = "'}
    for asked, tiny in smaller.items():
        assert asked in config
        config = config.replace(asked, tiny)
    (steel / "my-steel.toml").write_text(config)
    for command in ("init -q", "-c user.name=n -c user.email=n@n commit -q --allow-empty -m first"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    commands = _blocks("sh")[0].strip().splitlines()
    assert len(commands) == 4

    wheels = [skelp_wheel(tmp_path / "dist"), client_wheel(tmp_path / "dist-client"), training_wheel(tmp_path / "dist-training")]
    both = environment(tmp_path / "both", wheels)
    where = both.run('python -c "import skelp, skelp_training, sys; print(skelp.__file__, skelp_training.__file__, *sys.path)"', steel)
    assert str(ROOT) not in where.stdout
    assert where.stdout.count(str(both.folder)) >= 2, where.stderr
    for command in commands:
        done = both.run(command, steel)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    record = json.loads(next((steel / "runs" / "promotions").iterdir()).read_text())
    assert record["installed"]
    assert record["code"] == {"skelp": skelp.__version__, "commit": None}, "the project around the environment is another one"
    assert record["figures"]["challenger"]["my-steel"]["miou_fg"] > 0.7
    found = json.loads((steel / "found" / "defects.json").read_text())
    assert [d["class"] for d in found] == ["scratch"]
    assert (steel / "page" / "index.html").is_file()


def test_all_packages_have_one_version() -> None:
    project = tomllib.loads((ROOT / "training" / "pyproject.toml").read_text())["project"]
    assert skelp.__version__ == skelp_training.__version__ == skelp_client.__version__
    assert {f"skelp=={skelp.__version__}", f"skelp-client=={skelp.__version__}"} <= set(project["dependencies"])
