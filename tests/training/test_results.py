"""Figures of one hand-made picture, worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest

from skelp.domain.maps import Maps
from skelp.pipeline.regions import Place, find_regions
from skelp_training.data.pictures import UNSURE
from skelp_training.evaluation.curve import recall_at_rates
from skelp_training.evaluation.detector import ClassMaps, Detections
from skelp_training.evaluation.metrics import Confusion, bootstrap, dices, ious, mean_iou
from skelp_training.evaluation.results import PictureResult, compare_with_mask
from skelp_training.evaluation.summary import summarise

NAMES = {1: "pit", 2: "scratch"}


def detections_of(classes: np.ndarray, score: int = 204) -> tuple[ClassMaps, Detections]:
    scores = np.full(classes.shape, score, np.uint8)
    tile = find_regions(classes, classes, scores, Place(0, 0, 1, 0, classes.shape[0]))
    maps = ClassMaps.of(np.full(classes.shape, 100, np.uint8), Maps(classes, scores), 1)
    return maps, Detections(tile.labels, classes, tuple(tile.regions))


def test_pixels_objects_and_false_alarms() -> None:
    truth, found = np.zeros((100, 100), np.uint8), np.zeros((100, 100), np.uint8)
    truth[10:20, 10:20] = 1  # 100 px, found by half
    found[10:20, 10:15] = 1
    truth[50:60, 50:90] = 2  # 400 px, missed
    found[80:84, 10:14] = 2  # 16 px of false alarm
    truth[90:, 90:] = UNSURE
    found[92:96, 92:96] = 1  # where nobody is sure
    picture = compare_with_mask("p", "g", *detections_of(found), truth, {1, 2})
    assert picture.pixels[1].tolist() == [50, 50, 0]
    assert picture.pixels[0, 2] == 16
    assert picture.objects == ((1, 100, True), (2, 400, False))
    assert sorted(r[2] for r in picture.regions if r[2] is not None) == [False, True]
    assert not picture.sound
    got = summarise([picture], NAMES, 0.5)
    assert got["iou"] == {"pit": 0.5, "scratch": 0.0}
    assert got["miou_fg"] == 0.25
    assert got["dice"]["pit"] == pytest.approx(2 * 50 / 150, abs=1e-4)
    assert (got["object_recall"], got["region_precision"], got["regions_per_mpix"]) == (0.5, 0.5, None)
    assert got["object_recall_by_size"] == {"small": None, "medium": 0.5, "large": None}
    # 50 of 66 pixels that were predicted with 0.8 are right
    assert got["calibration_error"] == pytest.approx(0.8 - 50 / 66, abs=1e-3)


def test_false_alarms_are_counted_on_sound_pictures_alone() -> None:
    sound, found = np.zeros((500, 1000), np.uint8), np.zeros((500, 1000), np.uint8)
    found[10:20, 10:20] = found[40:50, 10:20] = 1
    quiet = compare_with_mask("q", "q", *detections_of(np.zeros_like(sound)), sound, {1, 2})
    loud = compare_with_mask("l", "l", *detections_of(found), sound, {1, 2})
    got = summarise([quiet, loud], NAMES, 0.5)
    assert (got["sound_pictures"], got["regions_per_mpix"]) == (2, 2.0)
    assert got["regions_per_100m"] == pytest.approx(2 / 0.5 * 100)
    assert got["regions_per_mpix_interval"] == [0.0, 4.0]


def test_marks_that_are_no_defects_count_as_sound_steel_and_are_counted_apart() -> None:
    truth, found = np.zeros((1000, 1000), np.uint8), np.zeros((1000, 1000), np.uint8)
    for n, (marked_as, found_as) in enumerate([(3, 3), (3, 1), (3, 0), (0, 3), (0, 2), (1, 1), (1, 3)]):
        at = np.s_[100 * n : 100 * n + 20, 100:140]
        truth[at], found[at] = marked_as, found_as
    truth[900:], found[950:960, 10:20] = UNSURE, 2
    picture = compare_with_mask("p", "g", *detections_of(found), truth, {1, 2})
    assert picture.pixels.shape == (3, 3)
    assert sorted(picture.marks) == [(3, False, False), (3, False, True), (3, True, False)]
    assert [o[2] for o in picture.objects] == [True, False]  # the second was taken for a mark
    assert sorted(str(r[2]) for r in picture.regions) == ["False", "False", "None", "True"]
    got = summarise([picture], NAMES, None)
    assert (got["marks"], got["marks_detected"], got["marks_reported_as_defects"]) == (3, 0.3333, 0.3333)
    assert (got["regions_on_unsure"], got["unsure_mpix"], got["false_per_mpix"]) == (1, 0.1, pytest.approx(2 / 0.9, abs=1e-4))


def test_a_class_that_is_only_found_falsely_lowers_the_others() -> None:
    confusion = Confusion(3)
    truth = np.array([[0, 0, 1, 1]], np.uint8)
    confusion.add(np.array([[2, 0, 2, 1]], np.uint8), truth)
    assert ious(confusion.pixels)[1] == 0.5
    assert dices(confusion.pixels)[1] == pytest.approx(2 / 3)
    assert confusion.miou == mean_iou(confusion.pixels) == 0.5


def test_the_interval_is_wider_than_nothing_and_holds_the_value() -> None:
    rng = np.random.default_rng(0)
    groups = [np.array([n, 10.0]) for n in rng.integers(3, 8, 60)]
    low, high = bootstrap(groups, lambda s: s[0] / s[1])
    assert low < sum(g[0] for g in groups) / 600 < high
    assert high - low == pytest.approx(4 * np.std([g[0] for g in groups]) / 10 / np.sqrt(60), rel=0.25)


def test_recall_at_a_rate_of_false_reports_is_the_best_that_a_threshold_reaches_within_it() -> None:
    """A million pixels with ten objects. By threshold: how many objects are found, and how many false reports there are."""

    def measured(hits: int, false: int) -> PictureResult:
        truth, found = np.zeros((1000, 1000), np.uint8), np.zeros((1000, 1000), np.uint8)
        for n in range(10):
            truth[90 * n : 90 * n + 20, 10:30] = 1
            found[90 * n : 90 * n + 20, 10:30] = n < hits
        for n in range(false):
            found[90 * n : 90 * n + 5, 500:505] = 1
        return compare_with_mask("p", "g", *detections_of(found), truth, {1})

    points = recall_at_rates({0.5: [measured(9, 6)], 0.7: [measured(8, 4)], 0.9: [measured(8, 2)], 0.98: [measured(3, 1)]})
    assert [(p["false_per_mpix"], p["recall"], p["threshold"]) for p in points] == [
        (0.5, None, None),
        (1.0, 0.3, 0.98),
        (2.0, 0.8, 0.9),
        (5.0, 0.8, 0.9),
    ]
    assert points[2]["by_size"] == {"small": None, "medium": 0.8, "large": None}
