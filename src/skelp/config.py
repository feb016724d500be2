"""Station and recipe files: TOML, overridden by SKELP_* in the environment. Unknown keys are refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from contextvars import ContextVar
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from skelp.domain.errors import SkelpError, suggestion
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Side
from skelp.validation import STRICT, Key, in_words, load, read_toml

_PREFIX = "SKELP_"
_body: ContextVar[dict[str, Any] | None] = ContextVar("body", default=None)
"""What stands in the station file that is being read."""


class SyntheticCamera(BaseModel):
    """A simulated line-scan camera over simulated steel."""

    model_config = STRICT

    kind: Literal["synthetic"]
    name: Annotated[str, Field(min_length=1)] = "sim"
    seed: int = 1
    width: Annotated[int, Field(ge=128, le=32768)] = 4096
    mm_per_px: Annotated[float, Field(gt=0)] = 0.25
    mm_per_line: Annotated[float, Field(gt=0)] = 0.25
    line_rate_hz: Annotated[float, Field(ge=0)] = 4000.0
    """0: as fast as the inspection takes them, nothing is dropped."""
    frame_lines: Annotated[int, Field(ge=1, le=65536)] = 512
    lines: Annotated[int, Field(ge=1)] | None = None
    noise_dn: Annotated[float, Field(ge=0, le=50)] = 2.5
    bit_error_rate: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    drop_rate: Annotated[float, Field(ge=0, le=1)] = 0.0
    defects: bool = True
    side: Side = Side.TOP
    first_column: Annotated[int, Field(ge=0)] = 0
    strip_px: Annotated[int, Field(ge=128, le=131072)] | None = None
    """Width of the simulated strip's picture, where several cameras share one; None: this camera's own width."""


class FilesCamera(BaseModel):
    """Images on disk, in name order, as one strip."""

    model_config = STRICT

    kind: Literal["files"]
    name: Annotated[str, Field(min_length=1)] = "files"
    paths: Annotated[tuple[Path, ...], Field(min_length=1)]
    mm_per_px: Annotated[float, Field(gt=0)]
    mm_per_line: Annotated[float, Field(gt=0)]
    side: Side = Side.TOP


class GenicamCamera(BaseModel):
    """A real camera, through its maker's GenTL producer. What it is set to and what it sees stand in a camera file (docs/cameras.md)."""

    model_config = STRICT

    kind: Literal["genicam"]
    name: Annotated[str, Field(min_length=1)]
    file: Path
    """From the station file's folder if relative."""
    side: Side = Side.TOP
    isolated: bool = True
    """Whether it runs in a process of its own, so that a driver that crashes or hangs does not take the station with it."""


Camera = Annotated[SyntheticCamera | FilesCamera | GenicamCamera, Field(discriminator="kind")]


class ModelChoice(BaseModel):
    """Which model runs, on what, how exactly."""

    model_config = STRICT

    path: Path | None = None
    """None: the model that comes with skelp."""
    provider: Literal["auto", "tensorrt", "cuda", "openvino", "cpu"] = "auto"
    precision: Literal["auto", "fp32", "fp16", "bf16", "int8"] = "auto"
    threads: Annotated[int, Field(ge=1)] | None = None
    cache: Path = Path.home() / ".cache" / "skelp"


class Storage(BaseModel):
    """Where results are kept."""

    model_config = STRICT

    folder: Path = Path("skelp-data")
    database_url: str | None = None
    """None: SQLite in the folder. PostgreSQL: postgresql+psycopg://user@host/database (pip install 'skelp[postgres]')."""
    crops_max_gb: Annotated[float, Field(gt=0)] = 5.0
    disk_min_free_gb: Annotated[float, Field(ge=0)] = 1.0


class Server(BaseModel):
    """Where the station answers."""

    model_config = STRICT

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000

    @field_validator("host")
    @classmethod
    def _loopback(cls, host: str) -> str:
        local = host == "localhost"
        with suppress(ValueError):  # a name, not an address
            local = local or ip_address(host).is_loopback
        if not local:
            raise ValueError(
                f"{host} is reachable from outside, and tokens are not built yet; use 127.0.0.1 behind a proxy that authenticates"
            )
        return host


class Coils(BaseModel):
    """What happens to steel that nobody announced."""

    model_config = STRICT

    automatic_max_m: Annotated[float, Field(gt=0)] = 2000.0


class Samples(BaseModel):
    """Pieces of steel without a finding that are kept for the training bench: one every so many metres on average."""

    model_config = STRICT

    every_m: Annotated[float, Field(gt=0)] = 100.0
    keep: Annotated[int, Field(ge=1)] = 2000


class StationConfig(BaseSettings):
    """One station: hardware, model, storage, server. Command line over environment (SKELP_*) over TOML."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, env_prefix=_PREFIX, env_nested_delimiter="__")

    name: Annotated[str, Field(min_length=1)] = "station"
    cameras: Annotated[tuple[Camera, ...], Field(min_length=1)]
    model: ModelChoice = ModelChoice()
    recipe: Path | None = None
    storage: Storage = Storage()
    server: Server = Server()
    coils: Coils = Coils()
    samples: Samples = Samples()
    block_lines: Annotated[int, Field(ge=32, multiple_of=32)] = 512
    ring_frames: Annotated[int, Field(ge=2, le=1024)] = 16

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

    @field_validator("cameras")
    @classmethod
    def _cameras_fit(cls, cameras: tuple[Camera, ...]) -> tuple[Camera, ...]:
        names = [c.name for c in cameras]
        if len(set(names)) != len(names):
            raise ValueError(f"cameras need names of their own, got {names}")
        if len(cameras) > 1 and any(isinstance(c, FilesCamera) for c in cameras):
            raise ValueError("a files camera must be alone: its width is only known when the files are read")
        return cameras


def load_station(file: Path, **overrides: Any) -> StationConfig:
    """Read a station file. Raises SkelpError that names the key, the value and what is allowed."""
    body = read_toml(file, "station file", "edge/ holds examples to copy")
    return _beside(make_station(str(file), body, **overrides), file.parent)


def make_station(where: str, body: dict[str, Any] | None = None, **overrides: Any) -> StationConfig:
    """A station of `overrides` over the environment over `body`. Raises SkelpError that names `where` or the variable at fault."""
    _refuse_unknown_variables()
    token = _body.set(body)
    try:
        return StationConfig(**overrides)
    except SettingsError as error:
        raise SkelpError(f"{_PREFIX}* in the environment: {error}: {error.__cause__}; it takes JSON") from error
    except ValidationError as error:
        raise SkelpError(f"{where}: {in_words(error.errors(), StationConfig, _variable)}") from error
    finally:
        _body.reset(token)


def _refuse_unknown_variables() -> None:
    known = list(_variables(StationConfig, _PREFIX))
    for name in os.environ:
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            raise SkelpError(f"{name} in the environment sets nothing; {suggestion(name, known)}; unset it if it is not meant for skelp")


def _variables(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield prefix + name.upper()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _variables(field.annotation, f"{prefix}{name.upper()}__")


def _variable(key: Key) -> str | None:
    """The variable in the environment that set a key, and what of the key lies within its value."""
    there = {n.upper(): n for n in os.environ}
    for end in range(len(key), 0, -1):
        name = _PREFIX + "__".join(map(str, key[:end])).upper()
        if name in there:
            return ".".join([there[name], *map(str, key[end:])])
    return None


def _beside(config: StationConfig, folder: Path) -> StationConfig:
    """Camera files lie beside the station file that names them, wherever the station is started."""
    cameras = [c.model_copy(update={"file": folder / c.file}) if isinstance(c, GenicamCamera) else c for c in config.cameras]
    return config.model_copy(update={"cameras": tuple(cameras)})


def load_recipe(file: Path | None) -> Recipe:
    """Read a recipe file; the default recipe without one. Raises SkelpError that names every key at fault."""
    return Recipe() if file is None else load(file, Recipe, "recipe file", "edge/recipes/ holds examples to copy")
