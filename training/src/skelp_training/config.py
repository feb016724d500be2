"""What a training run is: one TOML file. Unknown keys are refused."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from skelp.domain.errors import SkelpError, faults

Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataSet(_Part):
    """A set of pictures and how often it is drawn from. `path` is a folder, or the annotation file of `coco`, `severstal`, `marks`."""

    name: str
    format: Literal["own", "masks", "coco", "severstal", "marks", "image-labels", "clean", "simulated"]
    weight: Annotated[float, Field(ge=0)] = 1.0
    path: Path | None = None
    images: Path | None = None
    """Where the pictures of `marks` are, if not beside the file."""
    classes: dict[str, str] = {}
    """Names of this set to the model's classes, to `sound` or to `unsure`."""
    group_pattern: str = ""
    val_share: Share = 0.2
    transpose: bool = False
    """Whether the steel may be turned: photographs without a rolling direction."""
    only_clean: bool = False
    """Only pictures on which nothing is marked."""
    defect_share: Share | None = None
    """Share of its crops that are drawn at a marked defect, for sets where few pictures have one. None: pictures as they come."""
    background: bool = False
    """Whether defects of other sets are pasted onto this one's sound steel."""
    stretch: Share = 1.0
    """How much of the full range of line rates and distances its crops are stretched by; little for photographs of one mill's steel."""
    wild: Share = 0.75
    """Share of its crops whose light, focus and noise are changed; the rest stay as the camera gave them."""
    scale: Annotated[float, Field(gt=0)] = 1.0
    """Pictures are enlarged by this before anything else, to bring sets of different mm per pixel together."""
    seed: int = 1
    strips: int = 40
    crops: int = 60
    clean: bool = False

    @model_validator(mode="after")
    def _has_a_place(self) -> DataSet:
        if self.format != "simulated" and self.path is None:
            raise ValueError(f"data set {self.name} needs a path")
        return self


class Plan(_Part):
    """How long, how fast, how to stop."""

    seed: int = 1
    threads: Annotated[int, Field(ge=1)] = 1
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    steps: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)] = 32
    crop: Annotated[int, Field(ge=64, multiple_of=32)] = 192
    lr: Annotated[float, Field(gt=0)] = 3e-3
    weight_decay: float = 0.01
    warm_up: Share = 0.05
    """Share of the steps over which the learning rate rises; it falls along a cosine after."""
    ema: Annotated[float, Field(ge=0, lt=1)] = 0.998
    defect_weight: float = 1.0
    dice_weight: Annotated[float, Field(ge=0)] = 1.0
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of the channels at 1/8 and coarser that each crop does without. For xs, s and m; the baselines have none."""
    paste_share: Share = 0.0
    """Share of the crops of background sets that get a defect pasted on."""
    validate_every: Annotated[int, Field(ge=1)] = 500
    patience: Annotated[int, Field(ge=1)] | None = None
    """Validations without a better one before it stops and takes the best. None: all steps, and the last one is taken,
    so that the validation set chooses nothing and its figure stays honest."""


class TrainConfig(_Part):
    """A run. `card` goes into the model file as it is; `out` is the model file, `run` the folder of the run."""

    out: Path
    run: Path
    net: str = "s"
    start_from: Path | None = None
    """last.pt of another run with the same net and classes: its averaged weights are trained on. None: from scratch."""
    train: Plan
    card: dict[str, Any]
    data: Annotated[tuple[DataSet, ...], Field(min_length=1)]
    validate_on: tuple[str, ...]
    """Names of the data sets whose `val` split is looked at while training."""
    leaks: Literal["check", "drop-train", "drop-held-out", "skip"] = "check"
    """Pictures to train on that show the steel of held-out ones: refuse to train, leave one side out, or do not look."""

    @model_validator(mode="after")
    def _names_are_known(self) -> TrainConfig:
        names = {d.name for d in self.data}
        strange = set(self.validate_on) - names
        if strange:
            raise ValueError(f"validate_on names {sorted(strange)}, the data sets are {sorted(names)}")
        return self

    @property
    def fingerprint(self) -> str:
        """Hash of everything that shapes the result, threads aside: a checkpoint of another run is not resumed."""
        body = self.model_dump_json(exclude={"out": True, "run": True, "card": True, "train": {"threads"}})
        return hashlib.sha256(f"{body} {self.class_ids}".encode()).hexdigest()

    @property
    def class_ids(self) -> dict[str, int]:
        return {c["name"]: int(c["id"]) for c in self.card["classes"]}

    @property
    def classes(self) -> int:
        """Classes that the network answers, sound steel included."""
        return 1 + max(self.class_ids.values())


def load_config(file: Path) -> TrainConfig:
    """Read and check a config. Raises SkelpError that names every key at fault."""
    try:
        return TrainConfig.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise SkelpError(f"{file} cannot be read: {error.strerror}; training/configs/ holds examples") from error
    except tomllib.TOMLDecodeError as error:
        raise SkelpError(f"{file} is not TOML: {error}") from error
    except ValidationError as error:
        raise SkelpError(f"{file}: {faults(error.errors())}") from error
