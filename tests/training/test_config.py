"""Configs: what is refused, where paths are, what the fingerprint depends on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from skelp.domain.errors import SkelpError
from skelp_training.config import load_config
from skelp_training.data.pools import items_of
from skelp_training.fit.workers import Worker
from skelp_training.release.build import build
from tests.training.conftest import config_file


@pytest.mark.parametrize(
    ("line", "text", "complaint"),
    [
        ("steps", "0", "train.steps"),
        ("crop", "100", "train.crop"),
        ("net", '"s"\nsurprise = 1', "surprise"),
        ("validate_on", '["dots"]', "validate_on names"),
        ("format", '"xml"', "data.0.format"),
        ("format", '"own"\ngroup_pattern = "("', "not a regular expression"),
    ],
)
def test_a_config_that_does_not_hold_is_refused_by_name(spots: Path, line: str, text: str, complaint: str) -> None:
    with pytest.raises(SkelpError, match=complaint):
        load_config(config_file(spots, steps=1, changes={line: text}))


def test_relative_paths_count_from_the_config_file(spots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file means the same pictures, outputs and run wherever it is read from, and a run can be resumed from anywhere."""
    file = config_file(spots, steps=1, out='"out/model.onnx"', run='"run"', path='"set"')
    monkeypatch.chdir(spots)
    beside = load_config(Path("config.toml"))
    monkeypatch.chdir("/")
    away = load_config(file)
    over_there = load_config(Path(os.path.relpath(file)))
    assert away.out == spots / "out" / "model.onnx"
    assert away.run == spots / "run"
    assert all(i.file.is_relative_to(spots) for i in items_of(away.data[0], away.class_ids))
    assert len(items_of(over_there.data[0], over_there.class_ids)) == 24
    assert beside.fingerprint == away.fingerprint == over_there.fingerprint


def test_the_fingerprint_never_changes(spots: Path) -> None:
    """Checkpoints are resumed by it: a new key needs a default that leaves the fingerprints of older configs as they are."""
    config = load_config(config_file(spots, steps=24, path='"set"'))
    assert config.fingerprint == "21e37d5c51c5d00298bab908786409912061c3b38bb7ed9485b2a4c6c02550ed"
    assert load_config(config_file(spots, steps=24, path='"set"', threads="2")).fingerprint == config.fingerprint
    assert load_config(config_file(spots, steps=24, path='"set"', lr="1e-3")).fingerprint != config.fingerprint


def test_an_unknown_network_is_refused(spots: Path) -> None:
    config = load_config(config_file(spots, steps=1, net='"xxl"'))
    with pytest.raises(SkelpError, match="there is no network xxl; the config's `net` is one of xs, s, m"):
        build(config, Worker())
