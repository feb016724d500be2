"""The figures of the page of drift: what a model finds now, before, and on its card."""

from __future__ import annotations

from skelp.domain.drift_figures import figures
from skelp.domain.drifting import NOW, ClassLearned, CoilSeen
from tests.fakes import coil


def test_a_class_is_shown_now_before_and_on_the_card() -> None:
    now = [
        CoilSeen(100.0, {"scratch": 3, "patch": 1}, {"scratch": 0.7, "patch": 0.9}, {"scratch": 0.5}),
        *[CoilSeen(100.0, {}, {})] * (NOW - 1),
    ]
    before = [CoilSeen(50.0, {"scratch": 2}, {"scratch": 0.8})] * 4
    learned = {"scratch": ClassLearned(30, 0.85), "dent": ClassLearned(90, 0.9)}
    found = figures(coil("K1", product="DC04", model_name="net 1"), [*now, *before], learned, ["DC04", "S235"])
    assert (found.product, found.model_name, found.coils, found.before_coils) == ("DC04", "net 1", NOW, 4)
    assert (found.metres, found.before_metres, found.products) == (2000.0, 200.0, ("DC04", "S235"))
    dent, patch, scratch = found.classes
    assert (dent.now.defects, dent.now.mean_score, dent.share_learned) == (0, None, 0.75)
    assert (patch.learned, patch.share_learned, patch.now.share) == (None, None, 0.25)
    assert (scratch.now.per_100m, scratch.now.share, scratch.now.mean_score, scratch.now.rejected) == (0.15, 0.75, 0.7, 0.5)
    assert scratch.before is not None
    assert (scratch.before.defects, scratch.before.per_100m, scratch.before.share, scratch.before.rejected) == (8, 4.0, 1.0, None)


def test_without_a_coil_before_there_is_nothing_to_compare_with() -> None:
    found = figures(coil("K1"), [CoilSeen(100.0, {"scratch": 1}, {})], {}, [])
    assert found.before_coils == 0
    assert found.classes[0].before is None
