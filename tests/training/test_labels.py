"""Labels are checked before they are used: what is wrong is named, and nothing unknown becomes sound steel."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from skelp.domain.errors import SkelpError
from skelp.pictures.listing import Why
from skelp_training.data.labels import Asked, Labels
from skelp_training.data.pictures import U8, UNSURE
from skelp_training.data.readers import READERS
from tests.training.labelled import CLASSES, H, W, folder, loaded

__all__ = ["folder"]  # a fixture

SQUARE = [[4, 2, 14, 2, 14, 9, 4, 9]]
BODY: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "a.png", "width": W, "height": H}, {"id": 2, "file_name": "b.png", "width": W, "height": H}],
    "categories": [{"id": 1, "name": "pit"}, {"id": 2, "name": "scratch"}],
    "annotations": [{"id": 7, "image_id": 1, "category_id": 2, "segmentation": SQUARE}],
}


def coco(folder: Path, change: Callable[[dict[str, Any]], object] = lambda _: None, text: str | None = None) -> Labels:
    """The labels of BODY with a change. `text` replaces the whole file."""
    body = json.loads(json.dumps(BODY))
    change(body)
    (folder / "instances.json").write_text(text if text is not None else json.dumps(body))
    return READERS["coco"](folder / "instances.json", Asked(CLASSES))


def rle(mask: U8) -> dict[str, Any]:
    packed = coco_mask.encode(np.asfortranarray(mask))
    return {"size": list(packed["size"]), "counts": packed["counts"].decode()}


def set_of(**changes: Any) -> Callable[[dict[str, Any]], object]:
    return lambda body: body["annotations"][0].update(changes)


def image(**changes: Any) -> Callable[[dict[str, Any]], object]:
    return lambda body: body["images"][0].update(changes)


WRONG: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "run lengths of another size": (
        set_of(segmentation={"size": [H, W + 1], "counts": [H * (W + 1)]}),
        "annotation 7.*run lengths are for",
    ),
    "run lengths that end early": (set_of(segmentation={"size": [H, W], "counts": [9, 9]}), "annotation 7.*add up to 18 px"),
    "run lengths that go on": (set_of(segmentation={"size": [H, W], "counts": [9, H * W]}), "annotation 7.*add up to"),
    "a negative run": (set_of(segmentation={"size": [H, W], "counts": [-1, H * W + 1]}), "annotation 7.*counts must be"),
    "a run of 1e18": (set_of(segmentation={"size": [H, W], "counts": [10**18]}), "annotation 7.*counts must be"),
    "runs without counts": (set_of(segmentation={"size": [H, W]}), "annotation 7.*counts must be"),
    "compressed runs with a strange character": (set_of(segmentation={"size": [H, W], "counts": "한글"}), "annotation 7.*no character"),
    "compressed runs that are cut off": (set_of(segmentation={"size": [H, W], "counts": "P" * 3}), "annotation 7.*cut off"),
    "compressed runs of another picture": (set_of(segmentation=rle(np.ones((H, W - 1), np.uint8))), "annotation 7.*run lengths are for"),
    "no segmentation": (lambda b: b["annotations"][0].pop("segmentation"), "annotation 7.*no outline"),
    "a box only": (lambda b: b["annotations"][0].update(segmentation=[], bbox=[1, 2, 3, 4]), "annotation 7.*a box"),
    "a flat polygon": (set_of(segmentation=SQUARE[0]), "annotation 7.*list of polygons"),
    "two points": (set_of(segmentation=[[1, 2, 3, 4]]), "annotation 7.*at least 3 points"),
    "an odd number of numbers": (set_of(segmentation=[[1, 2, 3, 4, 5, 6, 7]]), "annotation 7.*at least 3 points"),
    "a text for a number": (set_of(segmentation=[["1", 2, 3, 4, 5, 6]]), "annotation 7.*x = '1' is no number"),
    "a true for a number": (set_of(segmentation=[[1, 2, 3, True, 5, 6]]), "annotation 7.*y = True"),
    "an infinite coordinate": (set_of(segmentation=[[1, 2, 3, float("inf"), 5, 6]]), "annotation 7.*y = inf"),
    "a coordinate far away": (set_of(segmentation=[[1, 2, 3, 4, 1e6, 6]]), "annotation 7.*x = 1000000"),
    "an outline beside the picture": (set_of(segmentation=[[W + 2, 2, W + 9, 2, W + 9, 9]]), "annotation 7.*no pixel inside"),
    "an outline mostly beside the picture": (set_of(segmentation=[[W - 2, 2, W + 9, 2, W + 9, 9, W - 2, 9]]), "annotation 7.*another size"),
    "a crowd in words": (set_of(iscrowd="0"), "annotation 7: iscrowd is '0'"),
    "a crowd of 2": (set_of(iscrowd=2), "annotation 7: iscrowd is 2"),
    "an empty list of categories": (lambda b: b.update(categories=[], annotations=[]), "no category.*--format clean"),
    "an outline without area": (set_of(segmentation=[[3, 3, 3, 3, 3, 3]]), "annotation 7.*no pixel inside"),
    "runs without a pixel": (set_of(segmentation={"size": [H, W], "counts": [H * W]}), "annotation 7.*no pixel inside"),
    "an unknown image": (set_of(image_id=99), "annotation 7.*no image has the id 99"),
    "an unknown category": (set_of(category_id=5), "annotation 7.*no category has the id 5"),
    "a list for an id": (set_of(category_id=[1]), "annotation 7.*no category"),
    "no image id": (lambda b: b["annotations"][0].pop("image_id"), "annotation 7.*no image"),
    "two annotations of one id": (lambda b: b["annotations"].append(b["annotations"][0]), "annotation 7 is there twice"),
    "two images of one id": (lambda b: b["images"].append(b["images"][0]), "image 1 is there twice"),
    "two categories of one id": (lambda b: b["categories"].append({"id": 1, "name": "scratch"}), "category 1 is there twice"),
    "a picture twice": (lambda b: b["images"].append(b["images"][0] | {"id": 3}), "picture 'a' is there twice"),
    "another size": (image(width=2 * W, height=2 * H), "annotated as 80 x 48"),
    "a turned size": (image(width=H, height=W), "annotated as 24 x 40"),
    "a size in words": (image(width="wide"), "annotated as"),
    "a picture that is missing": (image(file_name="z.png"), "names z.png"),
    "a picture without a name": (image(file_name=""), "needs a file_name"),
    "an image without an id": (lambda b: b["images"][0].pop("id"), "needs an id"),
    "a category without a name": (lambda b: b["categories"][0].pop("name"), "needs a name"),
    "a class that the model does not know": (lambda b: b["categories"][0].update(name="rust"), "class 'rust'"),
    "no categories": (lambda b: b.pop("categories"), "no list 'categories'"),
    "images that are an object": (lambda b: b.update(images={}), "no list 'images'"),
    "a split that is none": (image(split="trian"), "split 'trian'"),
    "keypoints": (set_of(segmentation=[], keypoints=[1, 2, 2]), "keypoints"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_coco_file_is_refused_and_the_message_names_what_is_wrong(wrong: str, folder: Path) -> None:
    change, message = WRONG[wrong]
    with pytest.raises(SkelpError, match=message):
        loaded(coco(folder, change))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "JSON"),
        ("[1]", "not a COCO file"),
        ("[" * 100_000, "JSON"),
        ('{"images": ' + "9" * 5000 + "}", "JSON"),
        ('{"images": [], "annotations": [], "categories": [], "annotations": [1]}', "key 'annotations' twice"),
        ('{"images": [{"id": ' + "9" * 5000 + "}]}", "a number of 5000 digits"),
        ('[{"image": "a.png", "annotations": [{"label": "pit", "coordinates": {"x": 1}}]}]', "CreateML"),
        ('[{"id": 1, "data": {"image": "a.png"}, "annotations": []}]', "Label Studio"),
        ('{"version": "5.0", "shapes": [], "imagePath": "a.png"}', "LabelMe"),
        ('{"a.png1234": {"filename": "a.png", "regions": []}}', "VGG"),
    ],
)
def test_another_file_than_coco_is_recognised(text: str, message: str, folder: Path) -> None:
    with pytest.raises(SkelpError, match=message):
        coco(folder, text=text)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pixels=st.lists(st.booleans(), min_size=H * W, max_size=H * W).filter(any), compressed=st.booleans())
def test_run_lengths_are_decoded_as_coco_encodes_them(pixels: list[bool], compressed: bool, folder: Path) -> None:
    mask = np.array(pixels, np.uint8).reshape(H, W)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.T.ravel(), [2]])))
    counts = np.diff(np.concatenate([[0], edges])).tolist()
    found = loaded(coco(folder, set_of(segmentation=rle(mask) if compressed else {"size": [H, W], "counts": counts})))
    assert np.array_equal(found["a"], 2 * mask)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(points=st.lists(st.tuples(st.integers(0, W), st.integers(0, H)), min_size=3, max_size=6, unique=True))
def test_a_polygon_inside_the_picture_is_drawn_as_coco_draws_it(points: list[tuple[int, int]], folder: Path) -> None:
    polygon = [float(v) for p in points for v in p]
    expected = coco_mask.decode(coco_mask.merge(coco_mask.frPyObjects([polygon], H, W)))
    try:
        found = loaded(coco(folder, set_of(segmentation=[polygon])))
    except SkelpError:
        assert not expected.any()
        return
    assert np.array_equal(found["a"], 2 * expected)


def test_an_outline_over_the_border_is_cut_there(folder: Path) -> None:
    found = loaded(coco(folder, set_of(segmentation=[[-5, -5, 10, -5, 10, 8, -5, 8]])))
    expected = np.zeros((H, W), np.uint8)
    expected[:8, :10] = 2
    assert np.array_equal(found["a"], expected)


def test_crowd_regions_are_unsure_and_a_picture_without_annotation_is_sound(folder: Path) -> None:
    found = loaded(coco(folder, set_of(iscrowd=1)))
    assert set(np.unique(found["a"])) == {0, UNSURE}
    assert not found["b"].any()


def test_a_pixel_of_two_classes_is_unsure_in_any_order(folder: Path) -> None:
    def square(at: int, category: int, **more: Any) -> dict[str, Any]:
        return {"image_id": 1, "category_id": category, "segmentation": [[at, 0, at + 8, 0, at + 8, 4, at, 4]]} | more

    expected = np.zeros((H, W), np.uint8)
    expected[:4, :4], expected[:4, 4:8], expected[:4, 8:12] = 1, UNSURE, 2
    for marked in ([square(0, 1), square(4, 2)], [square(4, 2), square(0, 1)], [square(4, 2), square(0, 1), square(4, 2)]):
        assert np.array_equal(loaded(coco(folder, lambda b, a=marked: b.update(annotations=a)))["a"], expected)  # type: ignore[misc]
    expected[:4, 4:8], expected[:4, 8:12] = 1, UNSURE
    for marked in ([square(0, 1), square(4, 2, iscrowd=1)], [square(4, 2, iscrowd=1), square(0, 1)]):
        assert np.array_equal(loaded(coco(folder, lambda b, a=marked: b.update(annotations=a)))["a"], expected)  # type: ignore[misc]


@pytest.mark.parametrize("name", ["Background", "_background_", "배경", " BACKGROUND ", "Sound"])
def test_a_category_for_the_background_is_no_defect(name: str, folder: Path) -> None:
    labels = coco(folder, lambda b: b["categories"].append({"id": 3, "name": name}))
    assert labels.declared == {CLASSES.ids["pit"], CLASSES.ids["scratch"]}


def test_the_group_that_roboflow_lists_as_a_category_is_no_class(folder: Path) -> None:
    def roboflow(body: dict[str, Any]) -> None:
        for category in body["categories"]:
            category["supercategory"] = "steel-defects"
        body["categories"].insert(0, {"id": 0, "name": "steel-defects", "supercategory": "none"})

    assert np.array_equal(loaded(coco(folder, roboflow))["a"], loaded(coco(folder))["a"])

    def used(body: dict[str, Any]) -> None:
        roboflow(body)
        body["annotations"][0]["category_id"] = 0

    with pytest.raises(SkelpError, match="class 'steel-defects'"):
        coco(folder, used)


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_name_is_the_same_in_both_forms_of_unicode(forms: tuple[Any, Any], folder: Path) -> None:
    on_disk, in_label = (unicodedata.normalize(form, "코일 é.png") for form in forms)
    (folder / "images" / "a.png").rename(folder / "images" / on_disk)
    name = "코일 é"
    assert (loaded(coco(folder, image(file_name=in_label)))[name] == 2).sum() == 70
    texts = {
        "severstal": (folder, f"ImageId,ClassId,EncodedPixels\n{in_label},pit,1 4\n"),
        "marks": (folder / "images", f"name,split,what,x,y,width,height\n{in_label},train,unsure,1,1,9,9\n"),
    }
    for kind, (where, text) in texts.items():
        (where / "table.csv").write_text(text)
        assert loaded(READERS[kind](where / "table.csv", Asked(CLASSES)))[name].any()


def test_pictures_are_found_where_cvat_and_label_studio_put_them(folder: Path) -> None:
    (folder / "annotations").mkdir()
    (folder / "images" / "default").mkdir()
    for name in "ab":
        (folder / "images" / f"{name}.png").rename(folder / "images" / "default" / f"{name}.png")
    for names in (("a.png", "b.png"), ("default/a.png", "default/b.png"), ("images\\default\\a.png", "..\\images\\default\\b.png")):
        body = json.loads(json.dumps(BODY))
        for entry, name in zip(body["images"], names, strict=True):
            entry["file_name"] = name
        (folder / "annotations" / "instances_default.json").write_text(json.dumps(body), encoding="utf-8-sig")
        found = loaded(READERS["coco"](folder / "annotations" / "instances_default.json", Asked(CLASSES)))
        assert (found["a"] == 2).sum() == 70


def test_a_picture_that_no_label_names_is_left_out_and_named(folder: Path) -> None:
    labels = coco(folder, lambda b: b["images"].pop())
    assert [(x.file, x.why, x.pictures) for x in labels.left_out] == [("b.png", Why.UNLABELLED, 1)]
