"""Reads station and recipe files (TOML). Environment variables SKELP_* override a station file. Unknown keys are refused."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from skelp.camera_config import Camera, FilesCamera, GenicamCamera
from skelp.domain.band import Band
from skelp.domain.common_codes import CommonCodes
from skelp.domain.errors import SkelpError, suggestion
from skelp.domain.recipe import Recipe
from skelp.domain.rolls import RollTable
from skelp.domain.rule_checks import refuse_empty_keys
from skelp.pipeline.blocks import BLOCK_LINES
from skelp.pipeline.line_states import RUNNING_FROM_M_S
from skelp.settings import NameplateSettings, Server, WebhookSettings
from skelp.validation import STRICT, Key, in_words, load, read_toml, validated

STATION_NAME = r"^(\.?[^\x00-\x1f\x7f.]|\.\.[^\x00-\x1f\x7f])[^\x00-\x1f\x7f]*$"
"""No control characters, and neither . nor .., which a browser takes out of an address."""
_PREFIX = "SKELP_"
_body: ContextVar[dict[str, Any] | None] = ContextVar("body", default=None)
"""The content of the station file that is being read."""


class ModelWatch(BaseModel):
    """The watch on the rates of a model that was chosen while the line ran (docs/models.md). The fields are those of domain.band.Band."""

    model_config = STRICT

    coils: Annotated[int, Field(ge=0, le=50)] = 10
    before: Annotated[int, Field(ge=1, le=500)] = 50
    at_least: Annotated[int, Field(ge=5, le=500)] = 20
    factor: Annotated[float, Field(ge=1, le=100)] = 2.0
    false_alarms: Annotated[float, Field(gt=0, lt=1)] = 0.01

    @property
    def band(self) -> Band:
        """The same as a domain value."""
        return Band(**self.model_dump())


class ModelChoice(BaseModel):
    """The model, its execution provider and precision."""

    model_config = STRICT

    path: Path | None = None
    """None: the shipped model."""
    provider: Literal["auto", "tensorrt", "cuda", "openvino", "cpu"] = "auto"
    precision: Literal["auto", "fp32", "fp16", "bf16", "int8"] = "auto"
    threads: Annotated[int, Field(ge=1)] | None = None
    engine: Path | None = None
    """A file that `skelp model compile` wrote. None: the networks are compiled when the station starts."""
    cache: Path = Path.home() / ".cache" / "skelp"
    folder: Path | None = None
    """The models that may be asked for while the line runs (docs/models.md). None: the model changes with the station file only."""
    most_slower: Annotated[float, Field(ge=0.1, le=100)] = 1.25
    """A model that takes more than so many times as long as the one on the line is refused."""
    watch: ModelWatch = ModelWatch()
    shadow: Path | None = None
    """A second model, which sees the same steel where there is time. None: there is none."""


class Retention(BaseModel):
    """When records are deleted (docs/records.md). Without a rule they stay for ever; coils and their coverage always do."""

    model_config = STRICT

    defects_years: Annotated[float, Field(ge=0.1, le=100)] | None = None
    """Defects and their reviews are deleted so long after the end of their coil."""
    events_years: Annotated[float, Field(ge=0.1, le=100)] | None = None


class Storage(BaseModel):
    """Where results are stored."""

    model_config = STRICT

    folder: Path = Path("skelp-data")
    database_url: str | None = None
    """None: SQLite in the folder. PostgreSQL: postgresql+psycopg://user@host/database (pip install 'skelp[postgres]')."""
    crops_max_gb: Annotated[float, Field(gt=0)] = 5.0
    disk_min_free_gb: Annotated[float, Field(ge=0)] = 1.0
    retention: Retention = Retention()


class Coils(BaseModel):
    """Coils that nobody announced. Such a coil ends after `automatic_max_m` metres."""

    model_config = STRICT

    automatic_max_m: Annotated[float, Field(gt=0)] = 2000.0


class Samples(BaseModel):
    """Samples of steel without defects, for training: on average one in `every_m` metres. The newest `keep` are stored."""

    model_config = STRICT

    every_m: Annotated[float, Field(gt=0)] = 100.0
    keep: Annotated[int, Field(ge=1)] = 2000


class StationConfig(BaseSettings):
    """A station: cameras, model, storage, server. Command line overrides environment (SKELP_*), which overrides TOML."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, env_prefix=_PREFIX, env_nested_delimiter="__")

    name: Annotated[str, Field(min_length=1, max_length=128, pattern=STATION_NAME)] = "station"
    """Stations that share a database need names of their own. In PostgreSQL another name is another station."""
    plant: Annotated[str, Field(max_length=128)] = ""
    line: Annotated[str, Field(max_length=128)] = ""
    cameras: Annotated[tuple[Camera, ...], Field(min_length=1)]
    model: ModelChoice = ModelChoice()
    recipe: Path | None = None
    recipes: tuple[Path, ...] = ()
    """Recipes of single products, beside `recipe`, which is for all others."""
    rolls: Path | None = None
    """The roll table (docs/rolls.md). None: defects that repeat are found, and no roll is named."""
    codes: Path | None = None
    """The codes of the plant and its cluster (docs/plant/codes.md). None: defects have the model's own classes only."""
    nameplate: NameplateSettings | None = None
    storage: Storage = Storage()
    server: Server = Server()
    webhooks: tuple[WebhookSettings, ...] = ()
    coils: Coils = Coils()
    samples: Samples = Samples()
    block_lines: Annotated[int, Field(ge=32, multiple_of=32)] = BLOCK_LINES
    ring_frames: Annotated[int, Field(ge=2, le=1024)] = 16
    running_from_m_s: Annotated[float, Field(gt=0, le=100)] = RUNNING_FROM_M_S
    """Speed from which the line runs. Below it, it is threaded or slow (docs/states.md)."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, env_settings, InitSettingsSource(settings_cls, _body.get() or {}))

    @field_validator("webhooks")
    @classmethod
    def _webhooks_differ(cls, webhooks: tuple[WebhookSettings, ...]) -> tuple[WebhookSettings, ...]:
        names = [w.name for w in webhooks]
        if len(set(names)) != len(names):
            raise ValueError(f"each webhook needs its own name, got {names}")
        return webhooks

    @field_validator("cameras")
    @classmethod
    def _cameras_fit(cls, cameras: tuple[Camera, ...]) -> tuple[Camera, ...]:
        names = [c.name for c in cameras]
        if len(set(names)) != len(names):
            raise ValueError(f"each camera needs its own name, got {names}")
        if len(cameras) > 1 and any(isinstance(c, FilesCamera) for c in cameras):
            raise ValueError("a files camera must be the only camera, because its width is not known before the files are read")
        return cameras


def load_station(file: Path, **overrides: Any) -> StationConfig:
    """Read a station file. `overrides` are keys with their values. Raises SkelpError that names key, value and what was expected."""
    body = read_toml(file, "station file", "edge/ holds examples to copy")
    return _with_paths_from(file.parent, make_station(str(file), body, **overrides))


def make_station(where: str, body: dict[str, Any] | None = None, **overrides: Any) -> StationConfig:
    """Make a configuration: `overrides` override the environment, which overrides `body`.

    Raises SkelpError that names `where` or the environment variable at fault.
    """
    _refuse_unknown_variables()
    token = _body.set(body)
    try:
        return StationConfig(**overrides)
    except SettingsError as error:
        raise SkelpError(f"{_PREFIX}* in the environment: {error}: {error.__cause__}; its value must be JSON") from error
    except ValidationError as error:
        raise SkelpError(f"{where}: {in_words(error.errors(), StationConfig, _variable)}") from error
    finally:
        _body.reset(token)


def _refuse_unknown_variables() -> None:
    known = list(_variables(StationConfig, _PREFIX))
    for name in os.environ:
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            raise SkelpError(f"{name} in the environment has no effect; {suggestion(name, known)}; unset it if it is not meant for skelp")


def _variables(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield prefix + name.upper()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _variables(field.annotation, f"{prefix}{name.upper()}__")


def _variable(key: Key) -> str | None:
    """The environment variable that sets `key`, followed by the rest of the key that lies inside its JSON value; else None."""
    variables = {n.upper(): n for n in os.environ}
    for end in range(len(key), 0, -1):
        name = _PREFIX + "__".join(map(str, key[:end])).upper()
        if name in variables:
            return ".".join([variables[name], *map(str, key[end:])])
    return None


def _with_paths_from(folder: Path, config: StationConfig) -> StationConfig:
    """The same, with the paths of camera files, the certificate and its key relative to `folder`, the station file's folder."""
    cameras = [c.model_copy(update={"file": folder / c.file}) if isinstance(c, GenicamCamera) else c for c in config.cameras]
    webhooks = tuple(w.with_paths_from(folder) for w in config.webhooks)
    return config.model_copy(update={"cameras": tuple(cameras), "server": config.server.with_paths_from(folder), "webhooks": webhooks})


def load_recipe(file: Path | None) -> Recipe:
    """Read a recipe file. None: the default recipe. Raises SkelpError that names every key at fault."""
    if file is None:
        return Recipe()
    body = read_toml(file, "recipe file", "edge/recipes/ holds examples to copy")
    refuse_empty_keys(body, str(file))
    recipe = validated(Recipe, body, str(file))
    recipe.check_rules()
    return recipe


def load_rolls(file: Path | None) -> RollTable:
    """Read a roll table. None: an empty one. Raises SkelpError that names every key at fault."""
    return RollTable() if file is None else load(file, RollTable, "roll table", "edge/rolls.toml is an example to copy")


def load_codes(file: Path | None, classes: Collection[str]) -> CommonCodes | None:
    """Read common codes for the classes of a model. None: there are none.

    Raises SkelpError that names every key at fault, or every class without a code.
    """
    if file is None:
        return None
    codes = load(file, CommonCodes, "codes file", "edge/codes/ holds examples to copy")
    codes.check(classes)
    return codes
