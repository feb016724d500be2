"""The config of a training run: one TOML file. Unknown keys are refused; relative paths count from the file's folder."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, PrivateAttr, field_validator, model_validator

from skelp.domain.errors import SkelpError, suggestion
from skelp.inference.card import ModelCard
from skelp.pictures.depth import LEAST_BITS, MOST_BITS, Reading
from skelp.validation import STRICT, load, validated

Share = Annotated[float, Field(ge=0, le=1)]
Format = Literal["own", "masks", "coco", "severstal", "marks", "image-labels", "clean", "simulated"]

_NO_PLACES = ("image-labels", "clean")
"""Formats whose labels have no places in the picture. EXIF turns their pictures, as it does on the line."""
_LATER_KEYS = ("bits", "float_range", "exif", "absent", "marks", "groups_apart", "pictures")
"""Keys of a data set that earlier versions did not have. Where they are not set, a checkpoint of such a version is still resumed."""
_EXPORT_KEYS = ("steel",)
"""Keys of a data set that do not shape the weights."""
_LATER_PLAN_KEYS = ("paint_share", "paint_class", "scratch_share", "scratch_class", "first_share", "dice_each_crop")
"""The same for the table [train]."""


class _Table(BaseModel):
    """A table of the file. It knows the file's folder, so that its paths mean the same wherever the command is started."""

    model_config = STRICT
    _folder: Path = PrivateAttr(default=Path())

    def model_post_init(self, context: Any) -> None:
        """`context` has the file's folder; it is None for values from the command line."""
        self._folder = Path((context or {}).get("folder", ""))


class DataSet(_Table):
    """A set of pictures and how often crops are drawn from it.

    `path` is a folder, or the annotation file of `coco`, `severstal` and `marks`. It stays as the file has it, because a run's
    fingerprint is made from it; read from `location`.
    """

    name: str
    format: Format
    weight: Annotated[float, Field(ge=0)] = 1.0
    path: Path | None = None
    images: Path | None = None
    """Folder of the pictures of `marks`, if they are not beside the file."""
    marks: Path | None = None
    """CSV of boxes (name, what, x, y, width, height) that are laid over what the set's own labels leave sound."""
    groups_apart: bool = False
    """Whether its groups are known to keep steel apart, so that its splits are not compared (a large set takes hours)."""
    bits: Annotated[int, Field(ge=LEAST_BITS, le=MOST_BITS)] | None = None
    """Depth of the values in pictures of more than 8 bits; None: the files' own."""
    float_range: tuple[float, float] | None = None
    """Black and white in pictures of floating-point numbers."""
    exif: Literal["turn", "ignore"] | None = None
    """Whether the labels fit the pictures as EXIF turns them, or as they are stored. None: a labelled picture with a turn is refused."""
    pictures: Annotated[int, Field(ge=1)] | None = None
    """The most training pictures that are taken; the same ones every time. None: all."""
    absent: tuple[str, ...] = ()
    """The model's classes that this set defines but that none of its pictures shows."""
    classes: dict[str, str] = {}
    """Names of this set to the model's classes, to `sound` or to `unsure`."""
    group_pattern: str = ""
    val_share: Share = 0.2
    transpose: bool = False
    """Whether crops may be transposed: for photographs without a rolling direction."""
    only_clean: bool = False
    """Only pictures on which nothing is marked."""
    defect_share: Share | None = None
    """Share of the crops that are drawn at a marked defect, for sets where few pictures have one. None: pictures are drawn evenly."""
    steel: Literal["known", "unknown", "neither"] = "known"
    """What [known_steel] makes of its pictures: steel that the model knows, or must say that it does not know, or neither."""
    background: bool = False
    """Whether defects of other sets are pasted onto the sound steel of this one."""
    stretch: Share = 1.0
    """Share of the full range of line rates and camera distances over which crops are stretched; small for photographs of one mill."""
    wild: Share = 0.75
    """Share of the crops whose light, focus and noise are changed."""
    scale: Annotated[float, Field(gt=0)] = 1.0
    """Pictures are enlarged by this factor first, to bring sets of different mm per pixel together."""
    seed: int = 1
    strips: int = 40
    crops: int = 60
    clean: bool = False

    @field_validator("group_pattern")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"it is not a regular expression: {error}") from error
        return pattern

    @model_validator(mode="after")
    def _has_a_path(self) -> DataSet:
        _ = self.reading
        if self.format != "simulated" and self.path is None:
            raise ValueError(f"data set {self.name} needs a path")
        return self

    @property
    def reading(self) -> Reading:
        """How the pictures are read. Raises ValueError for a range that cannot be."""
        return Reading(self.bits, self.float_range, self.exif or ("turn" if self.format in _NO_PLACES else "ask"))

    @property
    def location(self) -> Path | None:
        """`path`, with a relative one counted from the config file's folder."""
        return None if self.path is None else self._folder / self.path

    @property
    def marks_file(self) -> Path | None:
        """`marks`, with a relative path counted from the config file's folder."""
        return None if self.marks is None else self._folder / self.marks

    @property
    def images_folder(self) -> Path | None:
        """`images`, with a relative one counted from the config file's folder."""
        return None if self.images is None else self._folder / self.images


class TrainingPlan(_Table):
    """The hyperparameters: the table [train]."""

    seed: int = 1
    threads: Annotated[int, Field(ge=1)] = 1
    loaders: Annotated[int, Field(ge=0)] = 0
    """Processes that draw crops, for a GPU, which is faster than one thread can draw. 0: a thread of the training process."""
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    steps: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)] = 32
    crop: Annotated[int, Field(ge=64, multiple_of=32)] = 192
    """Side of a crop, px."""
    lr: Annotated[float, Field(gt=0)] = 3e-3
    """Highest learning rate."""
    weight_decay: float = 0.01
    warm_up: Share = 0.05
    """Share of the steps over which the learning rate rises; after that it falls along a cosine."""
    ema: Annotated[float, Field(ge=0, lt=1)] = 0.998
    """Decay of the exponential moving average of the weights."""
    defect_weight: float = 1.0
    """Weight of the defect classes in the cross-entropy; sound steel has 1."""
    dice_weight: Annotated[float, Field(ge=0)] = 1.0
    """Weight of the Dice loss beside the cross-entropy."""
    dice_each_crop: Share = 0.0
    """Share of the Dice loss that is of each class on each crop. The rest is of each class in the whole batch: there large defects count
    most, and what is found on crops without the class counts too."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Rate of channel dropout at 1/8 of the resolution and coarser. For xs, s and m; the baselines have no dropout."""
    paste_share: Share = 0.0
    """Share of the crops of background sets that get a defect pasted on."""
    paint_share: Share = 0.0
    """Share of the crops of background sets that get letters, lines or splashes of paint."""
    paint_class: str = ""
    """The class of that paint."""
    scratch_share: Share = 0.0
    """Share of the crops of background sets that get a straight scratch along the strip."""
    scratch_class: str = ""
    """The class of that scratch."""
    first_share: Share = 0.0
    """Share of the weights that training began with in the result; the rest is learned. Keeps what `start_from` knew."""
    validate_every: Annotated[int, Field(ge=1)] = 500
    patience: Annotated[int, Field(ge=1)] | None = None
    """Early stopping: validations without improvement before training stops and the best weights are taken. None: training runs
    through all steps and the last weights are taken, so that the validation set decides nothing and its figure is unbiased."""


class KnownSteelPlan(_Table):
    """How the model learns to say that it does not know a steel: the table [known_steel]. It is learned when the model is exported."""

    steps: Annotated[int, Field(ge=1)] = 2500
    pictures: Annotated[int, Field(ge=1)] = 240
    """The most pictures that are taken of each data set."""


class TrainConfig(_Table):
    """A training run. `card` goes into the model file, `out` is the model file, `run` the folder of checkpoints and logs."""

    out: Path
    run: Path
    net: str = "s"
    start_from: Path | None = None
    """last.pt of another run with the same net, or a float model file: the weights that training starts from. Its classes must have the
    same ids here; new classes get higher ids. None: random weights."""
    train: TrainingPlan
    known_steel: KnownSteelPlan | None = None
    card: dict[str, Any]
    data: Annotated[tuple[DataSet, ...], Field(min_length=1)]
    validate_on: tuple[str, ...]
    """Names of the data sets whose `val` split is measured while training."""
    leaks: Literal["check", "drop-train", "drop-held-out", "skip"] = "check"
    """What to do with training pictures that show the steel of held-out ones: refuse to train, drop one side, or do not look."""

    @field_validator("card")
    @classmethod
    def _is_a_card(cls, card: dict[str, Any]) -> dict[str, Any]:
        try:
            validated(ModelCard, {"stride": 1, **card}, where="the model card")  # the network's stride is added at export
        except SkelpError as error:
            raise ValueError(str(error)) from error
        return card

    @model_validator(mode="after")
    def _first_weights_are_there(self) -> TrainConfig:
        if self.train.first_share and self.start_from is None:
            raise ValueError("first_share needs start_from, whose weights it keeps")
        if self.train.first_share and self.train.patience:
            raise ValueError("first_share is of the last step's weights, patience takes the best ones: leave one out")
        return self

    @model_validator(mode="after")
    def _names_are_known(self) -> TrainConfig:
        names = {d.name for d in self.data}
        unknown = set(self.validate_on) - names
        if unknown:
            raise ValueError(f"validate_on names {sorted(unknown)}, the data sets are {sorted(names)}")
        for what in ("paint", "scratch"):
            share, name = (getattr(self.train, f"{what}_{key}") for key in ("share", "class"))
            if share and name not in self.class_ids:
                raise ValueError(f"{what}_class is '{name}', no class of the card; {suggestion(name, self.class_ids)}")
        known = {*self.class_ids, "background", "sound", "clean", "unsure"}
        for data in self.data:
            for name, target in data.classes.items():
                if target not in known:
                    raise ValueError(
                        f"data set {data.name}: {name} is mapped to {target}, no class of the card; {suggestion(target, known)}"
                    )
        return self

    @property
    def fingerprint(self) -> str:
        """Hash of everything that shapes the result, threads and processes aside: a checkpoint of another config is not resumed."""
        unset = {n: {*_EXPORT_KEYS, *(key for key in _LATER_KEYS if not getattr(d, key))} for n, d in enumerate(self.data)}
        plan = {"threads", "loaders", *(key for key in _LATER_PLAN_KEYS if not getattr(self.train, key))}
        body = self.model_dump_json(exclude={"out": True, "run": True, "card": True, "known_steel": True, "train": plan, "data": unset})
        first = self.first_weights
        began = hashlib.sha256(first.read_bytes()).hexdigest() if first and first.is_file() else ""
        return hashlib.sha256(f"{body} {self.class_ids}{began}".encode()).hexdigest()

    @property
    def first_weights(self) -> Path | None:
        """`start_from`, with a relative path counted from the config file's folder."""
        return None if self.start_from is None else self._folder / self.start_from

    @property
    def class_ids(self) -> dict[str, int]:
        """Ids of the defect classes by name."""
        return {c["name"]: int(c["id"]) for c in self.card["classes"]}

    @property
    def drawn_ids(self) -> frozenset[int]:
        """Ids of the classes that are painted or scratched on background steel while training."""
        plan = self.train
        drawn = ((plan.paint_share, plan.paint_class), (plan.scratch_share, plan.scratch_class))
        return frozenset(self.class_ids[name] for share, name in drawn if share and any(d.background and d.weight for d in self.data))

    @property
    def mark_ids(self) -> frozenset[int]:
        """Ids of the classes that are marks and no defects."""
        return frozenset(int(c["id"]) for c in self.card["classes"] if c.get("pseudo"))

    @property
    def classes(self) -> int:
        """Number of classes that the network predicts, sound steel included."""
        return 1 + max(self.class_ids.values())


def load_config(file: Path) -> TrainConfig:
    """Read and check a config. Raises SkelpError that names every faulty key."""
    config = load(file, TrainConfig, "training config", "docs/training.md shows one to copy")
    return config.model_copy(update={"out": file.parent / config.out, "run": file.parent / config.run})
