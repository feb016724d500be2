"""A challenger takes the champion's place only if it is better on frozen pictures, and the record says why."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from skelp.domain.errors import SkelpError
from skelp.inference.model_file import ModelFile
from skelp_training.data.frozen import Frozen
from skelp_training.evaluation.comparison import Difference
from skelp_training.release.promote import Accepted, NotPromotedError, decide
from tests.conftest import ROOT
from tests.models import CARD, bright_spots
from tests.training.conftest import skelp

CLASSES = [{"id": 7, "name": "spot", "code": "S", "threshold": 0.5}]


def _model(file: Path, version: str, *, blind: bool = False, **card: Any) -> Path:
    """Finds the white squares of `spots`, or nothing at all."""
    card = {**CARD, "version": version, "classes": CLASSES, **card}
    if blind:
        card["classes"] = [{**CLASSES[0], "min_area_mm2": 1e6}]
    return bright_spots(file, card, answer=7)


def _frozen(folder: Path, sha256: str = "") -> Path:
    file = folder / "frozen.toml"
    file.write_text(f'[[set]]\nname = "spots"\nformat = "own"\npath = "{folder}/set"\nsplit = "train"\nsha256 = "{sha256}"\n')
    return file


@pytest.fixture
def frozen(spots: Path) -> Path:
    file = _frozen(spots)
    with pytest.raises(SkelpError, match="not frozen yet") as error:
        skelp("promote", _model(spots / "m.onnx", "0"), spots / "none.onnx", "--frozen", file)
    return _frozen(spots, str(error.value).split('"')[1])


def _promote(frozen: Path, challenger: Path, champion: Path) -> None:
    skelp("promote", challenger, champion, "--frozen", frozen, "--record", frozen.parent / "records")


def _record(frozen: Path) -> dict[str, Any]:
    """The only record that mentions what the last call did; each test makes one folder of them."""
    files = sorted((frozen.parent / "records").iterdir(), key=lambda f: f.stat().st_mtime_ns)
    return dict(json.loads(files[-1].read_text()))


def test_the_better_model_is_put_on_the_line_and_the_old_one_kept(spots: Path, frozen: Path) -> None:
    champion = spots / "line" / "model.onnx"
    first = _model(spots / "first.onnx", "1", blind=True)
    _promote(frozen, first, champion)
    assert _record(frozen)["reasons"] == ["there was no champion to compare with"]
    old = ModelFile.open(champion)
    _promote(frozen, _model(spots / "second.onnx", "2"), champion)
    assert ModelFile.open(champion).card.version == "2"
    assert ModelFile.open(next((spots / "line" / "retired").glob("*.onnx"))).sha256 == old.sha256
    record = _record(frozen)
    assert record["promoted"]
    assert record["installed"]
    assert record["models"]["champion"]["sha256"] == old.sha256
    assert record["models"]["challenger"]["sha256"] == ModelFile.open(champion).sha256
    recall = next(d for d in record["differences"]["spots"] if d["metric"] == "object_recall")
    assert (recall["champion"], recall["challenger"], recall["low"]) == (0.0, 1.0, 1.0)
    assert len(record["frozen"]["sets"]["spots"]["sha256"]) == 64
    assert record["code"]["skelp"]


@pytest.mark.parametrize(("blind", "why"), [(True, "worse"), (False, "nothing shows that it is better")])
def test_one_that_is_worse_or_the_same_is_not(spots: Path, frozen: Path, blind: bool, why: str) -> None:
    champion = _model(spots / "model.onnx", "1")
    before = champion.read_bytes()
    with pytest.raises(NotPromotedError, match=why):
        _promote(frozen, _model(spots / "challenger.onnx", "2", blind=blind), champion)
    assert champion.read_bytes() == before
    record = _record(frozen)
    assert not record["promoted"]
    assert not record["installed"]
    assert why in record["reasons"][0]


def test_a_model_that_cannot_be_put_on_the_line_leaves_the_champion_and_the_record_says_why(
    spots: Path, frozen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    champion = _model(spots / "model.onnx", "1", blind=True)
    before = champion.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("skelp.installation.to_disk", full)
    with pytest.raises(SkelpError, match="better, but not installed"):
        _promote(frozen, _model(spots / "second.onnx", "2"), champion)
    assert champion.read_bytes() == before
    record = _record(frozen)
    assert record["promoted"]
    assert not record["installed"]
    assert "free space" in record["not_installed_because"]


def test_changed_pictures_and_other_classes_are_refused(spots: Path, frozen: Path) -> None:
    champion = _model(spots / "model.onnx", "1")
    other = _model(spots / "other.onnx", "2", classes=[{**CLASSES[0], "name": "stain"}])
    with pytest.raises(SkelpError, match="other classes is another model"):
        _promote(frozen, other, champion)
    mask = spots / "set" / "masks" / "s5.png"
    mask.write_bytes((spots / "set" / "masks" / "s8.png").read_bytes())
    with pytest.raises(SkelpError, match="has changed since it was frozen"):
        _promote(frozen, _model(spots / "challenger.onnx", "2"), champion)


def test_a_set_is_frozen_once(spots: Path) -> None:
    model, file = _model(spots / "m.onnx", "1"), spots / "mine.toml"
    asked = [model, spots / "line.onnx", "--frozen", file, "--freeze", spots / "set", "--record", spots / "r"]
    skelp("promote", *asked)
    assert len(Frozen.load(file).sets[0].sha256) == 64
    with pytest.raises(SkelpError, match="a frozen set never changes"):
        skelp("promote", *asked)


def test_a_set_without_splits_is_held_out_as_it_was_in_training(spots: Path) -> None:
    """Else pictures that were trained on would be frozen."""
    kept = {}
    for share in (0.2, 0.5):
        file = spots / f"{share}.toml"
        options = ["--format", "masks", "--val-share", share, "--class", "spot=spot"]
        skelp("promote", _model(spots / "m.onnx", "0"), spots / f"{share}.onnx", "--frozen", file, "--freeze", spots / "set", *options)
        frozen = Frozen.load(file)
        kept[share] = {i.name for i in frozen.items(frozen.sets[0], {"spot": 7})}
        assert frozen.sets[0].val_share == share
    assert kept[0.2] < kept[0.5]


def test_two_sets_of_one_name_are_refused(frozen: Path) -> None:
    frozen.write_text(2 * frozen.read_text())
    with pytest.raises(SkelpError, match="names the set spots twice"):
        Frozen.load(frozen)


def test_a_file_that_freezes_nothing_is_refused(tmp_path: Path) -> None:
    for text, what in (("", "names no set"), ("[[set]]\nname = 1", "set.0.name: "), ("[[set", "is not TOML")):
        file = tmp_path / "f.toml"
        file.write_text(text)
        with pytest.raises(SkelpError, match=what):
            Frozen.load(file)
    with pytest.raises(SkelpError, match="there is no file of frozen sets"):
        Frozen.load(tmp_path / "none.toml")


@pytest.mark.photographs
def test_the_frozen_pictures_of_the_model_that_ships_are_what_they_were() -> None:
    ids = {c.name: c.id for c in ModelFile.open(ROOT / "models" / "strip-s" / "model.onnx").card.classes}
    for name, pictures in (("strip-s", [94, 22]), ("strip-s-0.3", [94, 5, 413]), ("strip-s-thresholds", [413, 22])):
        frozen = Frozen.load(ROOT / "data" / "frozen" / f"{name}.toml")
        assert [len(frozen.items(s, ids)) for s in frozen.sets] == pictures


def _difference(metric: str, gain: float, low: float, high: float, groups: int = 5) -> Difference:
    return Difference(metric, 0.9, 0.9 + gain, gain, low, high, 0.01, groups)


BETTER, DOUBTFUL, PROVEN = (
    _difference(*d) for d in (("precision", 0.1, 0.05, 0.15), ("object_recall", -0.02, -0.08, 0.03), ("object_recall", -0.02, -0.03, -0.01))
)


def test_a_loss_that_is_not_proven_is_accepted_by_name_and_with_a_reason() -> None:
    compared = {"mill": [BETTER, DOUBTFUL]}
    assert decide(compared) == (False, [f"mill: worse, {DOUBTFUL}"])
    promoted, reasons = decide(compared, Accepted(frozenset({"mill:object_recall"}), "the line asks for fewer false reports"))
    assert promoted
    assert reasons == [f"mill: better, {BETTER}", f"mill: accepted because the line asks for fewer false reports: {DOUBTFUL}"]


@pytest.mark.parametrize(
    ("compared", "why"),
    [
        ({"mill": [BETTER, PROVEN]}, "the loss is proven, so it cannot be accepted"),
        ({"mill": [DOUBTFUL]}, "nothing shows that it is better"),
        ({"mill": [BETTER, DOUBTFUL], "other": [PROVEN]}, "other: worse"),
    ],
)
def test_acceptance_promotes_nothing_that_is_proven_worse_or_in_nothing_better(compared: dict[str, list[Difference]], why: str) -> None:
    promoted, reasons = decide(compared, Accepted(frozenset({"mill:object_recall"}), "it is wanted"))
    assert not promoted
    assert why in " ".join(reasons)


def test_few_groups_prove_nothing() -> None:
    few, same = _difference("false_per_mpix", 12.2, 12.2, 12.2, groups=1), _difference("object_recall", 0, 0, 0)
    assert decide({"mill": [few, same]}) == (False, ["nothing shows that it is better", f"mill: {few}", f"mill: {same}"])
    loss = _difference("object_recall", -0.2, -0.2, -0.2, groups=1)
    assert not decide({"mill": [BETTER, loss]})[0]
    assert decide({"mill": [BETTER, loss]}, Accepted(frozenset({"mill:object_recall"}), "one plate"))[0]


def test_pictures_without_a_defect_decide_nothing() -> None:
    """A model that reports nothing has no false reports there."""
    silent = _difference("false_per_mpix", 117.5, 108.5, 135.9, groups=12)
    promoted, reasons = decide({"clean": [silent]})
    assert not promoted
    assert "a model that finds none would seem better" in reasons[0]


def test_what_is_no_loss_cannot_be_accepted(spots: Path, frozen: Path) -> None:
    with pytest.raises(SkelpError, match=r"mill:recal is no loss of this challenger; its losses are mill:object_recall"):
        decide({"mill": [BETTER, DOUBTFUL]}, Accepted(frozenset({"mill:recal"}), "it is wanted"))
    with pytest.raises(SkelpError, match="--accept and --because go together"):
        skelp("promote", spots / "a.onnx", spots / "b.onnx", "--frozen", frozen, "--accept", "spots:object_recall")
