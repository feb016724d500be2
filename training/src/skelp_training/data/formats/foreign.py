"""Recognises label formats that skelp does not read, and says how to export one that it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_COCO = "then read it with --format coco"


def recognised(file: Path, body: Any) -> str | None:
    """What a JSON file is that is not COCO, and what to do; None if it may be COCO."""
    if isinstance(body, list):
        return _of_a_list(file, [x for x in body if isinstance(x, dict)])
    if not isinstance(body, dict):
        return None
    if "shapes" in body and "imagePath" in body:
        return f"{file} is a file of LabelMe, which has one for each picture; convert the folder with labelme2coco, {_COCO}"
    if any(isinstance(v, dict) and "regions" in v for v in body.values()):
        return f"{file} is a project of the VGG Image Annotator; export it as COCO, {_COCO}"
    annotations = body.get("annotations")
    if isinstance(annotations, list) and annotations and all(isinstance(a, dict) and _keypoints_only(a) for a in annotations):
        return f"{file} has keypoints and no outlines; skelp learns areas: draw the outlines of the defects, export them as COCO, {_COCO}"
    return None


def _of_a_list(file: Path, records: list[dict[str, Any]]) -> str | None:
    if any("annotations" in x and {"image", "imagefilename"} & x.keys() for x in records):
        return f"{file} is a file of CreateML, which has boxes only; draw the outlines of the defects, export them as COCO, {_COCO}"
    if any({"annotations", "data", "completions"} & x.keys() for x in records):
        return f"{file} is an export of Label Studio in its own JSON; export it as 'COCO' from Label Studio, {_COCO}"
    return None


def _keypoints_only(annotation: dict[str, Any]) -> bool:
    return "keypoints" in annotation and not annotation.get("segmentation")


def advice_for(path: Path) -> str | None:
    """What a file or folder seems to be if it is not in the format that was named, and what to do; None if nothing is known of it."""
    folder = path if path.is_dir() else path.parent
    if path.suffix.lower() == ".xml" or next(folder.glob("*.xml"), None) or next(folder.glob("[Aa]nnotations/*.xml"), None):
        return f"{path} has XML annotations (CVAT or Pascal VOC), which are not read; in CVAT export 'COCO 1.0', {_COCO}"
    if (folder / "data.yaml").is_file() or next(folder.glob("labels/**/*.txt"), None):
        return f"{path} is a set of YOLO, which is not read; export it as COCO with outlines, {_COCO}"
    if next(folder.glob("ImageSets"), None):
        return f"{path} is a set of Pascal VOC; give its SegmentationClass folder as masks/, JPEGImages as images/ and --format masks"
    for file in [path] if path.is_file() else [*folder.glob("*.json"), *folder.glob("annotations/*.json")]:
        if file.name not in ("classes.json", "reviews.json") and file.suffix == ".json":
            return f"{file} looks like an annotation file: give it with --format coco"
    if (folder / "masks").is_dir() and not (folder / "index.csv").is_file():
        return f"{path} has masks and no index.csv: give --format masks"
    return None
