"""A model is one whole thing, and it gives way only to a model that works where it was put."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from skelp.cli import main
from skelp.domain.errors import SkelpError
from skelp.inference.card import CardError
from skelp.inference.model_file import ModelError, ModelFile
from skelp.inference.weights import weights
from skelp.installation import Line
from tests.conftest import ROOT
from tests.models import CARD, bright_spots

EXTERNAL = ROOT.parent / "shared" / "cases" / "public" / "models" / "09-external.onnx"


def model(folder: Path, version: str) -> ModelFile:
    return ModelFile.open(bright_spots(folder / f"v{version}.onnx", {**CARD, "version": version}))


def with_weights_outside(file: Path) -> Path:
    """A model whose threshold lies in another file."""
    found = onnx.load(bright_spots(file))
    found.graph.initializer.append(numpy_helper.from_array(np.ones(500, np.float32), "unused"))
    onnx.save(found, file, save_as_external_data=True, location=file.name + ".data", size_threshold=100)
    return file


@pytest.fixture
def line(tmp_path: Path) -> Line:
    """A place with model 1."""
    place = Line(tmp_path / "line" / "model.onnx")
    place.file.parent.mkdir()
    place.install(model(tmp_path, "1"), "promote", "the first")
    return place


def version(line: Line) -> str:
    found = ModelFile.open(line.file)
    found.verify()
    return found.card.version


def test_the_old_model_is_kept_by_its_hash_and_can_be_put_back(line: Line, tmp_path: Path) -> None:
    first = line.current
    line.install(model(tmp_path, "2"), "promote", "better")
    line.install(model(tmp_path, "3"), "promote", "better")
    assert version(line) == "3"
    assert line.roll_back().card.version == "2"
    assert line.roll_back().card.version == "1"
    assert line.current == first
    with pytest.raises(SkelpError, match="nothing is known of a model before"):
        line.roll_back()
    third = model(tmp_path, "3").sha256
    assert line.roll_back(third[:8]).card.version == "3"
    assert [(e.action, e.name) for e in line.history] == [
        ("promote", "bright 1"),
        ("promote", "bright 2"),
        ("promote", "bright 3"),
        ("rollback", "bright 2"),
        ("rollback", "bright 1"),
        ("rollback", "bright 3"),
    ]


STEPS = ("write", "check", "retire", "record", "replace")


class PowerFailure(BaseException):
    """Ends the process at a step, as a power failure does: nothing is cleaned up by purpose."""


@pytest.mark.parametrize("at", STEPS)
def test_a_power_failure_at_any_step_leaves_a_model_that_works(at: str, line: Line, tmp_path: Path) -> None:
    def fail(step: str) -> None:
        if step == at:
            raise PowerFailure

    with pytest.raises(PowerFailure):
        line.install(model(tmp_path, "2"), "promote", "better", fail)
    assert version(line) == "1"
    line.install(model(tmp_path, "2"), "promote", "better")
    assert version(line) == "2"
    assert line.roll_back().card.version == "1"


@pytest.mark.parametrize("at", STEPS)
def test_a_disk_that_fails_leaves_the_old_model(at: str, line: Line, tmp_path: Path) -> None:
    def fail(step: str) -> None:
        if step == at:
            raise OSError(28, "No space left on device")

    with pytest.raises(SkelpError, match=r"No space left.*the old model stays"):
        line.install(model(tmp_path, "2"), "promote", "better", fail)
    assert version(line) == "1"
    assert not list(line.file.parent.glob(".*.draft"))


def test_a_copy_that_went_wrong_is_not_installed(line: Line, tmp_path: Path) -> None:
    def damage(step: str) -> None:
        if step == "check":
            (draft,) = line.file.parent.glob(".*.draft")
            draft.write_bytes(draft.read_bytes()[:-40])

    with pytest.raises(SkelpError):
        line.install(model(tmp_path, "2"), "promote", "better", damage)
    assert version(line) == "1"


def test_the_same_model_is_not_installed_twice(line: Line, tmp_path: Path) -> None:
    with pytest.raises(SkelpError, match="is this model already"):
        line.install(model(tmp_path, "1"), "promote", "again")


def test_a_retired_model_that_is_gone_or_damaged_is_named(line: Line, tmp_path: Path) -> None:
    first = str(line.current)
    line.install(model(tmp_path, "2"), "promote", "better")
    kept = line.retired(first)
    whole = kept.read_bytes()
    kept.write_bytes(model(tmp_path, "9").data)
    with pytest.raises(SkelpError, match="is damaged"):
        line.roll_back()
    kept.unlink()
    with pytest.raises(SkelpError, match="is gone"):
        line.roll_back()
    kept.write_bytes(whole)
    for wrong, why in (("none", "no model"), ("", "2 models have")):
        with pytest.raises(SkelpError, match=why):
            line.roll_back(wrong)
    assert version(line) == "2"


def test_a_broken_champion_can_be_rolled_back_from(line: Line, tmp_path: Path) -> None:
    first = str(line.current)
    line.install(model(tmp_path, "2"), "promote", "better")
    line.file.write_bytes(b"a broken disk")
    assert line.roll_back(first).card.version == "1"
    assert hashlib.sha256(b"a broken disk").hexdigest() in {e.replaced for e in line.history}


def test_a_link_as_champion_stays_a_link(line: Line, tmp_path: Path) -> None:
    link = tmp_path / "model.onnx"
    link.symlink_to(line.file)
    Line(link).install(model(tmp_path, "2"), "promote", "better")
    assert link.is_symlink()
    assert version(line) == "2"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(line: Line, tmp_path: Path) -> None:
    line.file.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(SkelpError, match="cannot install"):
        line.install(model(tmp_path, "2"), "promote", "better")


def test_rollback_and_history_are_commands(line: Line, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line.install(model(tmp_path, "2"), "promote", "better")
    assert main(["model", "rollback", str(line.file)]) == 0
    assert version(line) == "1"
    assert main(["model", "history", str(line.file)]) == 0
    assert "rollback" in capsys.readouterr().out
    assert main(["model", "rollback", str(line.file), "--to", "none"]) == 1


def empty(file: Path) -> None:
    file.write_bytes(b"")


def folder(file: Path) -> None:
    file.mkdir()


def pointer(file: Path) -> None:
    file.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 3798450\n")


def cut(file: Path) -> None:
    whole = bright_spots(file).read_bytes()
    file.write_bytes(whole[: len(whole) * 2 // 3])


def outside(file: Path) -> None:
    with_weights_outside(file)


def a_name_that_is_not_utf_8(file: Path) -> None:
    data = bright_spots(file).read_bytes()
    at = data.rindex(b"class_id")  # the graph's output, which no node makes then
    file.write_bytes(data[: at + 7] + b"\xf9" + data[at + 8 :])


def not_a_number(file: Path) -> None:
    found = onnx.load(bright_spots(file))
    found.graph.initializer.append(numpy_helper.from_array(np.array([1, np.nan], np.float32), "broken"))
    onnx.save(found, file)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (empty, "is empty"),
        (folder, "is a folder"),
        (pointer, "git lfs pull"),
        (cut, "is not an ONNX model"),
        (a_name_that_is_not_utf_8, "not UTF-8|is not an ONNX model"),
        (outside, r"m\.onnx\.data.*skelp pack"),
        (not_a_number, "1 values of the weight broken are NaN"),
    ],
)
def test_a_file_that_is_no_whole_model_is_refused_with_its_cause(make: Callable[[Path], None], why: str, tmp_path: Path) -> None:
    make(tmp_path / "m.onnx")
    with pytest.raises((ModelError, CardError), match=why):
        ModelFile.open(tmp_path / "m.onnx")


def test_weights_beside_the_folder_one_is_in_are_not_found_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ONNX Runtime looks for them in the working directory, if it gets a model as bytes."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="skelp pack"):
        ModelFile.open(with_weights_outside(tmp_path / "m.onnx"))


def test_what_runs_is_what_was_hashed(tmp_path: Path) -> None:
    opened = ModelFile.open(bright_spots(tmp_path / "m.onnx"))
    (tmp_path / "m.onnx").write_bytes(b"changed")
    opened.verify()
    assert opened.sha256 == hashlib.sha256(opened.data).hexdigest()


def test_the_weights_of_the_shipped_model_are_all_seen() -> None:
    data = (ROOT / "models" / "strip-s" / "model.onnx").read_bytes()
    named = {t.name for t in onnx.load_from_string(data).graph.initializer}
    found = list(weights(data))
    assert named <= {w.name for w in found}
    assert not any(w.unknown or w.outside for w in found)


@pytest.mark.skipif(not EXTERNAL.is_file(), reason=f"there is no {EXTERNAL}")
def test_the_public_case_of_external_weights_is_refused() -> None:
    with pytest.raises(ModelError, match=r"09-external\.onnx\.data"):
        ModelFile.open(EXTERNAL)
