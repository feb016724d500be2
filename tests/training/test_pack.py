"""`skelp pack` makes one file of a model whose weights lie in others."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from skelp.domain.errors import SkelpError
from skelp.inference.model_file import ModelFile
from tests.models import bright_spots
from tests.training.conftest import skelp
from tests.unit.test_installation import EXTERNAL, with_weights_outside


def test_a_packed_model_is_whole_and_answers_the_same(tmp_path: Path) -> None:
    skelp("pack", with_weights_outside(tmp_path / "m.onnx"), tmp_path / "whole.onnx")
    (tmp_path / "m.onnx.data").unlink()
    packed = ModelFile.open(tmp_path / "whole.onnx")
    packed.verify()
    assert packed.card == ModelFile.open(bright_spots(tmp_path / "plain.onnx")).card


def test_weights_that_are_missing_cut_off_or_elsewhere_are_refused(tmp_path: Path) -> None:
    source = with_weights_outside(tmp_path / "m.onnx")
    data = tmp_path / "m.onnx.data"
    whole = data.read_bytes()
    data.write_bytes(whole[:-9])
    with pytest.raises(SkelpError, match="is cut off"):
        skelp("pack", source, tmp_path / "o.onnx")
    data.unlink()
    with pytest.raises(SkelpError, match="copy that file too"):
        skelp("pack", source, tmp_path / "o.onnx")
    for elsewhere in ("../secret", "/etc/passwd", str(tmp_path / "m.onnx.data")):
        found = onnx.load(source, load_external_data=False)
        for tensor in found.graph.initializer:
            for entry in tensor.external_data:
                if entry.key == "location":
                    entry.value = elsewhere
        (tmp_path / "moved.onnx").write_bytes(found.SerializeToString())
        with pytest.raises(SkelpError, match="not beside the model"):
            skelp("pack", tmp_path / "moved.onnx", tmp_path / "o.onnx")
    for wrong in ("none.onnx", "text.onnx"):
        (tmp_path / "text.onnx").write_text("no model")
        with pytest.raises(SkelpError, match=r"no model file|not an ONNX model"):
            skelp("pack", tmp_path / wrong, tmp_path / "o.onnx")
    assert not (tmp_path / "o.onnx").exists()
    assert not list(tmp_path.glob(".*.draft"))


@pytest.mark.parametrize(("key", "value"), [("offset", "abc"), ("offset", "-4"), ("length", "-5"), ("length", "many")])
def test_a_place_that_is_no_number_or_negative_is_refused(tmp_path: Path, key: str, value: str) -> None:
    found = onnx.load(with_weights_outside(tmp_path / "m.onnx"), load_external_data=False)
    for tensor in found.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == key:
                entry.value = value
    (tmp_path / "moved.onnx").write_bytes(found.SerializeToString())
    with pytest.raises(SkelpError, match="export the model again"):
        skelp("pack", tmp_path / "moved.onnx", tmp_path / "o.onnx")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    source = with_weights_outside(tmp_path / "m.onnx")
    data = tmp_path / "m.onnx.data"
    data.rename(tmp_path / "elsewhere")
    data.symlink_to("elsewhere")
    with pytest.raises(SkelpError, match="is a link"):
        skelp("pack", source, tmp_path / "o.onnx")


@pytest.mark.skipif(not EXTERNAL.is_file(), reason=f"there is no {EXTERNAL}")
def test_the_public_case_is_not_promoted_and_the_champion_stays(tmp_path: Path, spots: Path) -> None:
    champion = bright_spots(tmp_path / "line.onnx")
    before = champion.read_bytes()
    with pytest.raises(SkelpError, match="skelp pack"):
        skelp("promote", EXTERNAL, champion, "--frozen", tmp_path / "f.toml", "--freeze", spots / "set")
    assert champion.read_bytes() == before
