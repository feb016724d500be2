"""Station and recipe files: TOML, overridden by SKELP_* in the environment. Unknown keys are refused."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from skelp.domain.errors import SkelpError, faults
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Side

_FROZEN = ConfigDict(frozen=True, extra="forbid")
_toml_file: ContextVar[Path | None] = ContextVar("toml_file", default=None)


class SyntheticCamera(BaseModel):
    """A simulated line-scan camera over simulated steel."""

    model_config = _FROZEN

    kind: Literal["synthetic"]
    name: str = "sim"
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

    model_config = _FROZEN

    kind: Literal["files"]
    name: str = "files"
    paths: Annotated[tuple[Path, ...], Field(min_length=1)]
    mm_per_px: Annotated[float, Field(gt=0)]
    mm_per_line: Annotated[float, Field(gt=0)]
    side: Side = Side.TOP


class GenicamCamera(BaseModel):
    """A real camera, through its maker's GenTL producer. What it is set to and what it sees stand in a camera file (docs/cameras.md)."""

    model_config = _FROZEN

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

    model_config = _FROZEN

    path: Path | None = None
    """None: the model that comes with skelp."""
    provider: Literal["auto", "tensorrt", "cuda", "openvino", "cpu"] = "auto"
    precision: Literal["auto", "fp32", "fp16", "bf16", "int8"] = "auto"
    threads: Annotated[int, Field(ge=1)] | None = None
    cache: Path = Path.home() / ".cache" / "skelp"


class Storage(BaseModel):
    """Where results are kept."""

    model_config = _FROZEN

    folder: Path = Path("skelp-data")
    database_url: str | None = None
    """None: SQLite in the folder. PostgreSQL: postgresql+psycopg://user@host/database (pip install 'skelp[postgres]')."""
    crops_max_gb: Annotated[float, Field(gt=0)] = 5.0
    disk_min_free_gb: Annotated[float, Field(ge=0)] = 1.0


class Server(BaseModel):
    """Where the station answers."""

    model_config = _FROZEN

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

    model_config = _FROZEN

    automatic_max_m: Annotated[float, Field(gt=0)] = 2000.0


class Samples(BaseModel):
    """Pieces of steel without a finding that are kept for the training bench: one every so many metres on average."""

    model_config = _FROZEN

    every_m: Annotated[float, Field(gt=0)] = 100.0
    keep: Annotated[int, Field(ge=1)] = 2000


class StationConfig(BaseSettings):
    """One station: hardware, model, storage, server. Command line over environment (SKELP_*) over TOML."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix="SKELP_", env_nested_delimiter="__")

    name: str = "station"
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
        file = _toml_file.get()
        toml = (TomlConfigSettingsSource(settings_cls, file),) if file else ()
        return (init_settings, env_settings, *toml)

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
    if not file.is_file():
        raise SkelpError(f"there is no station file {file}; edge/ holds examples to copy")
    with _named(file):
        token = _toml_file.set(file)
        try:
            return _beside(StationConfig(**overrides), file.parent)
        finally:
            _toml_file.reset(token)


def _beside(config: StationConfig, folder: Path) -> StationConfig:
    """Camera files lie beside the station file that names them, wherever the station is started."""
    cameras = [c.model_copy(update={"file": folder / c.file}) if isinstance(c, GenicamCamera) else c for c in config.cameras]
    return config.model_copy(update={"cameras": tuple(cameras)})


def load_recipe(file: Path | None) -> Recipe:
    """Read a recipe file; the default recipe without one."""
    if file is None:
        return Recipe()
    if not file.is_file():
        raise SkelpError(f"there is no recipe file {file}; edge/recipes/ holds examples to copy")
    with _named(file):
        values = tomllib.loads(file.read_text())
        unknown = set(values) - set(Recipe.__dataclass_fields__)
        if unknown:
            raise SkelpError(f"{file}: unknown keys {sorted(unknown)}; a recipe has {sorted(Recipe.__dataclass_fields__)}")
        return TypeAdapter(Recipe).validate_python(values)


@contextmanager
def _named(file: Path) -> Iterator[None]:
    try:
        yield
    except tomllib.TOMLDecodeError as error:
        raise SkelpError(f"{file} is not TOML: {error}") from error
    except ValidationError as error:
        raise SkelpError(f"{file}: {faults(error.errors())}") from error
