"""Training configs and files of frozen sets: what is misspelt in them is refused before anything is trained."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from skelp.domain.errors import SkelpError
from skelp_training.config import load_config
from skelp_training.data.frozen import Frozen
from tests.conftest import ROOT
from tests.documents import misspelt, written


@pytest.mark.parametrize("name", ["strip-s", "strip-s-finish", "strip-s-more", "strip-open", "magnetic-tile"])
def test_every_misspelt_key_of_a_training_config_is_refused(name: str, tmp_path: Path) -> None:
    body = tomllib.loads((ROOT / "training" / "configs" / f"{name}.toml").read_text())
    load_config(written(tmp_path, body))
    names_of_sets = {key for data in body["data"] for key in data.get("classes", {})}
    for key, wrong, changed in misspelt(body):
        if key not in names_of_sets:
            # a card may have keys of its own, so of its required ones only the lack is certain
            says = rf"{wrong}.*(did you mean {key}\?|known are .*\b{key}\b)|the model card: {key}: Field required"
            with pytest.raises(SkelpError, match=says):
                load_config(written(tmp_path, changed))


def test_every_misspelt_key_of_a_file_of_frozen_sets_is_refused(tmp_path: Path) -> None:
    body = tomllib.loads((ROOT / "data" / "frozen" / "strip-s.toml").read_text())
    assert Frozen.load(written(tmp_path, body)).sets
    names_of_sets = {key for data in body["set"] for key in data.get("classes", {})}
    for key, wrong, changed in misspelt(body):
        if key not in names_of_sets:
            with pytest.raises(SkelpError, match=rf"{wrong}.*(did you mean {key}\?|known are .*\b{key}\b)"):
                Frozen.load(written(tmp_path, changed))


@pytest.mark.parametrize("read", [load_config, Frozen.load])
def test_a_file_that_cannot_be_read_says_why(read: object, tmp_path: Path) -> None:
    assert callable(read)
    (tmp_path / "latin.toml").write_bytes(b'name = "\xdf"')
    for file, says in (
        (tmp_path, "is a folder"),
        (tmp_path / "none.toml", "there is no"),
        (tmp_path / "latin.toml", "is not UTF-8"),
    ):
        with pytest.raises(SkelpError, match=says):
            read(file)


def test_a_class_is_mapped_to_one_of_the_card(tmp_path: Path) -> None:
    body = tomllib.loads((ROOT / "training" / "configs" / "strip-s.toml").read_text())
    next(d for d in body["data"] if d["name"] == "xsdd")["classes"]["surface_scratch"] = "scrach"
    with pytest.raises(SkelpError, match=r"surface_scratch is mapped to scrach, no class of the card; did you mean scratch\?"):
        load_config(written(tmp_path, body))
