"""Damages files of every kind and gives them to their readers.

tools/fuzz.py runs this for minutes, tests/unit/test_fuzzing.py for seconds. A reader may read a file or refuse it with SkelpError. Anything
else is a fault: another exception, a crash, pictures that were neither used, nor refused, nor left out.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from skelp.capture.genicam.settings import load_camera_file
from skelp.config import load_recipe, load_station
from skelp.domain.errors import SkelpError
from skelp.domain.reasons import Unread
from skelp.inference.model_file import ModelFile
from skelp.pictures.depth import Reading
from skelp.pictures.listing import list_pictures
from skelp.pictures.reader import grey_or_fault, read_label_values
from skelp.pictures.samples import read_header
from tests.models import bright_spots
from tests.pictures import EXACT, NEAR

Rng = np.random.Generator
H, W = 24, 40
ODD_NUMBERS = ("0", "-1", "1e999", "NaN", "2147483648", "-9223372036854775809", "9" * 20, "1.5", "null", "true", '"1"', "[]", "{}")
ODD_TEXTS = ("", "\u0000", "\ufeff", "한글", "../..", "/", "a" * 300, "\udcff".encode("utf-8", "surrogatepass").decode("latin-1"), "=1+1")


class Fuzzed(Protocol):
    """A reader and the files that it is given."""

    def once(self, rng: Rng) -> bool:
        """Damages the files and reads them. Returns whether they were read; False if they were refused. Raises what is a fault."""


def damaged(data: bytes, rng: Rng) -> bytes:
    """The data with bytes changed, cut out, repeated or added, or as it is."""
    out = bytearray(data)
    for _ in range(int(rng.integers(0, 6))):
        at = int(rng.integers(0, len(out) + 1))
        size = int(rng.integers(1, 33))
        match int(rng.integers(6)):
            case 0:
                out[at : at + 1] = bytes([int(rng.integers(256))])
            case 1:
                del out[at : at + size]
            case 2:
                del out[at:]
            case 3:
                out[at:at] = out[at : at + size]
            case 4:
                out[at : at + size] = rng.integers(0, 256, size, dtype=np.uint8).tobytes()
            case _:
                out[at : at + 4] = [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\0\x80"][int(rng.integers(4))]
    return bytes(out)


def odd(value: Any, rng: Rng, chance: float = 0.04) -> Any:
    """A value of JSON with parts of it replaced, removed or doubled."""
    if rng.random() < chance:
        texts = [json.dumps(t) for t in ODD_TEXTS]
        choice = [*ODD_NUMBERS, *texts][int(rng.integers(len(ODD_NUMBERS) + len(texts)))]
        return json.loads(choice)
    if isinstance(value, dict):
        kept = {k: odd(v, rng, chance) for k, v in value.items() if rng.random() > chance / 2}
        return kept | ({ODD_TEXTS[int(rng.integers(len(ODD_TEXTS)))]: 1} if rng.random() < chance else {})
    if isinstance(value, list):
        found = [odd(v, rng, chance) for v in value if rng.random() > chance / 2]
        return found + found[: int(rng.random() < chance)]
    return value


def _grey(rng: Rng) -> Any:
    return rng.integers(70, 190, (H, W), dtype=np.uint8)


class Pictures:
    """Damaged pictures of every kind, read as grey, as masks, and by their headers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        kinds = {**EXACT, **NEAR}
        self._files = [(write(folder, _grey(np.random.default_rng(n)))) for n, write in enumerate(kinds.values())]
        self._data = []
        for n, write in enumerate(kinds.values()):
            file = write(folder, _grey(np.random.default_rng(n)))
            self._data.append((file.suffix, file.read_bytes()))

    def once(self, rng: Rng) -> bool:
        suffix, data = self._data[int(rng.integers(len(self._data)))]
        file = self._folder / f"fuzzed{suffix}"
        file.write_bytes(damaged(data, rng))
        reading = [Reading(), Reading(bits=12), Reading(float_range=(0, 1)), Reading(exif="ask")][int(rng.integers(4))]
        header, found = read_header(file, reading.exif), grey_or_fault(file, reading)
        if isinstance(found, Unread):
            json.dumps(found.plain)
        else:
            assert found.dtype == np.uint8
            assert found.ndim == 2
            assert header.fault is None
        with suppress(SkelpError):
            read_label_values(file)
        return not isinstance(found, Unread)


FOLDER = ["1.png", "01.png", "2.heic", ".3.png", "._4.png", "5", "6.txt", "7.PNG", "Thumbs.db", "coil.json", "coil-map.png", "8.png.part"]


class Folders:
    """Folders with files of any name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "given"

    def once(self, rng: Rng) -> bool:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        names = [
            "1.png",
            "01.png",
            "2.heic",
            ".3.png",
            "._4.png",
            "5",
            "6.txt",
            "7.PNG",
            "Thumbs.db",
            "coil.json",
            "coil-map.png",
            "8.png.part",
        ]
        chosen = [n for n in names if rng.random() < 0.4] + ["코일 9.tif"]
        for name in chosen:
            data = json.dumps({"coil_id": 1, "decision": 1, "coverage": 1}).encode() if name == "coil.json" else b"\x89PNG\r\n\x1a\n"
            (self._folder / name).write_bytes(damaged(data, rng))
        try:
            found = list_pictures([self._folder], recursive=bool(rng.integers(2)), order=[None, "natural", "name"][int(rng.integers(3))])  # type: ignore[arg-type]
        except SkelpError:
            return False
        assert len(found.files) + len(found.left_out) == len(chosen)
        return True


class Labels:
    """A labelled set of one format with damaged labels; pictures are used, refused or left out, none is forgotten."""

    def __init__(self, folder: Path, form: str, path: str, write: Callable[[Path, Rng], None]) -> None:
        self._folder, self._form, self._path, self._write = folder, form, path, write
        (folder / "images").mkdir()
        (folder / "masks").mkdir()
        for n in range(3):
            Image.fromarray(_grey(np.random.default_rng(n))).save(folder / "images" / f"p{n}.png")

    def once(self, rng: Rng) -> bool:
        from skelp_training.config import DataSet  # noqa: PLC0415 - the runtime's readers are fuzzed without skelp-training
        from skelp_training.data.check import check  # noqa: PLC0415
        from skelp_training.data.pictures import EveryClass  # noqa: PLC0415
        from skelp_training.data.pools import labels_of  # noqa: PLC0415

        self._write(self._folder, rng)
        every = EveryClass({})
        try:
            data = DataSet(name="fuzzed", format=self._form, path=self._folder / self._path, images=self._folder / "images")  # type: ignore[arg-type]
            labels = labels_of(data, every)
        except SkelpError:
            return False
        found = check("fuzzed", labels, every.names, (), leaks=False).record
        json.dumps(found)
        assert found["given"] == 3, found
        assert found["given"] == found["used"] + len(found["refused"]) + sum(x["pictures"] for x in found["left_out"])
        return True


def _coco(folder: Path, rng: Rng) -> None:
    runs = [0, 10, H * W - 10]
    shapes = [[[1, 2, 20, 2, 20, 9.5, 1, 9]], {"size": [H, W], "counts": runs}, {"size": [H, W], "counts": "5:am0"}]
    body = {
        "images": [{"id": n, "file_name": f"p{n}.png", "width": W, "height": H, "split": "train"} for n in range(3)],
        "categories": [{"id": 1, "name": "pit"}, {"id": 2, "name": "scratch"}],
        "annotations": [{"id": n, "image_id": n, "category_id": 1 + n % 2, "segmentation": s, "iscrowd": 0} for n, s in enumerate(shapes)],
    }
    text = json.dumps(odd(body, rng, 0.01)).encode()
    (folder / "labels.json").write_bytes(damaged(text, rng) if rng.random() < 0.2 else text)


def _table(header: str, rows: list[str]) -> Callable[[Path, Rng], None]:
    def write(folder: Path, rng: Rng) -> None:
        cells = [row.split(",") for row in rows]
        for row in cells:
            for n in range(len(row)):
                if rng.random() < 0.03:
                    row[n] = [*ODD_NUMBERS, *ODD_TEXTS][int(rng.integers(len(ODD_NUMBERS) + len(ODD_TEXTS)))]
        text = "\n".join([header, *(",".join(row) for row in cells)])
        encoding = ["utf-8", "utf-8-sig", "utf-16", "cp949"][int(rng.integers(4))]
        data = text.encode(encoding, "replace")
        (folder / "labels.csv").write_bytes(damaged(data, rng) if rng.random() < 0.4 else data)

    return write


def _masks(folder: Path, rng: Rng) -> None:
    (folder / "classes.json").write_text(json.dumps(odd({"0": "background", "1": "pit", "255": "unsure"}, rng)))
    for n in range(3):
        values = (rng.random((H, W)) < 0.1).astype(np.uint8) * np.uint8([1, 1, 1, 255, 3][int(rng.integers(5))])
        mask = Image.fromarray(values)
        if rng.random() < 0.2:
            mask = mask.convert("P")
        mask.save(folder / "masks" / f"p{n}.png")
        file = folder / "masks" / f"p{n}.png"
        file.write_bytes(damaged(file.read_bytes(), rng) if rng.random() < 0.2 else file.read_bytes())


class Text:
    """A damaged TOML file."""

    def __init__(self, folder: Path, source: Path, read: Callable[[Path], object]) -> None:
        self._file, self._data, self._read = folder / source.name, source.read_bytes(), read

    def once(self, rng: Rng) -> bool:
        data = damaged(self._data, rng)
        if rng.random() < 0.3:
            word = [*ODD_NUMBERS, "inf", "-nan", "1979-05-27", '"""'][int(rng.integers(len(ODD_NUMBERS) + 4))].encode()
            lines = data.split(b"\n")
            at = int(rng.integers(len(lines)))
            lines[at] = lines[at].split(b"=")[0] + b"= " + word
            data = b"\n".join(lines)
        self._file.write_bytes(data)
        try:
            self._read(self._file)
        except SkelpError:
            return False
        return True


class Models:
    """A damaged model file, and its card with odd values."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = bright_spots(folder / "bright.onnx").read_bytes()

    def once(self, rng: Rng) -> bool:
        file = self._folder / "fuzzed.onnx"
        if rng.random() < 0.5:
            file.write_bytes(damaged(self._data, rng))
        else:
            card = {"name": "b", "version": "1", "stride": 4, "mm_per_px": 0.25, "classes": [{"id": 1, "name": "x", "threshold": 0.5}]}
            bright_spots(file, odd(card, rng, 0.1))
        try:
            ModelFile.open(file).verify()
        except SkelpError:
            return False
        return True


def _load_config(file: Path) -> object:
    from skelp_training.config import load_config  # noqa: PLC0415 - as above

    return load_config(file)


_ROOT = Path(__file__).parents[1]
_EDGE = _ROOT / "edge"
_BOXES = [f"p{n}.png,train,pit,{n},2,9,9" for n in range(3)]
_RUNS = [f"p{n}.png,pit,1 4 30 5" for n in range(3)]
READERS: dict[str, Callable[[Path], Fuzzed]] = {
    "pictures": Pictures,
    "folders": Folders,
    "coco": lambda folder: Labels(folder, "coco", "labels.json", _coco),
    "severstal": lambda folder: Labels(folder, "severstal", "labels.csv", _table("ImageId,ClassId,EncodedPixels", _RUNS)),
    "marks": lambda folder: Labels(folder, "marks", "labels.csv", _table("name,split,what,x,y,width,height", _BOXES)),
    "masks": lambda folder: Labels(folder, "masks", "", _masks),
    "station": lambda folder: Text(folder, next(_EDGE.glob("*.toml")), load_station),
    "recipe": lambda folder: Text(folder, next((_EDGE / "recipes").glob("*.toml")), load_recipe),
    "config": lambda folder: Text(folder, _ROOT / "training" / "configs" / "magnetic-tile.toml", _load_config),
    "camera": lambda folder: Text(folder, next((_EDGE / "cameras").glob("*.toml")), load_camera_file),
    "model": Models,
}
