"""A file of engines that were compiled ahead, with a record of what they were compiled for (ADR 24).

It is a ZIP file: `record.json`, and an ONNX file for each network and shape, whose nodes are engines of the provider.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from skelp.domain.errors import SkelpError
from skelp.inference.engine import Engine, Ready, Shape
from skelp.inference.machine import machine_for
from skelp.inference.model_file import ModelFile
from skelp.inference.providers import Precision, Provider, choose
from skelp.inference.sessions import AHEAD
from skelp.validation import STRICT
from skelp.whole_file import whole_file

FORMAT = 1
_RECORD = "record.json"


class EngineError(SkelpError):
    """An engine file cannot be read, or was compiled for something else."""


class Entry(BaseModel):
    """A network in an engine file: its name in the ZIP file, the SHA-256 of its bytes, and where the nodes of its graph run."""

    model_config = STRICT

    file: str
    sha256: str
    nodes: int
    nodes_on_cpu: int


class Record(BaseModel):
    """What an engine file was compiled for.

    `model`: the model's SHA-256. `batch`, `height` and `width`: the frames of the line. `machine`: versions and hardware (`machine.py`).
    """

    model_config = STRICT

    format: int
    model: str
    name: str
    provider: Provider
    precision: Precision
    batch: int
    height: int
    width: int
    machine: dict[str, str]
    made_at: datetime
    networks: tuple[Entry, ...]


class Made(NamedTuple):
    """A network that was compiled for frames of a shape. `name`: that of the network."""

    name: str
    shape: Shape
    ready: Ready


class EngineFile:
    """An engine file on the disk. Raises EngineError if it cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self.record = Record.model_validate_json(self._read(_RECORD))
        except ValidationError as error:
            raise EngineError(
                f"{path} has a {_RECORD} that this skelp cannot read (it reads format {FORMAT}); compile it again with skelp model compile"
            ) from error

    def network(self, name: str, shape: Shape) -> Ready:
        """The network that was compiled for this shape. Raises EngineError if there is none, or if it is damaged."""
        file = file_name(name, shape)
        entry = next((e for e in self.record.networks if e.file == file), None)
        if entry is None:
            made = self.record
            batch, _, height, width = shape
            raise EngineError(
                f"engine file {self._path} was compiled for batches of {made.batch} x {made.height} x {made.width} px, and the {name} is "
                f"needed for {batch} x {height} x {width}; compile it again with --batch {batch} --height {height} --width {width}"
            )
        data = self._read(file)
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise EngineError(f"engine file {self._path} is damaged: {file} is not what was written; copy or compile it again")
        return Ready(data, entry.nodes, entry.nodes_on_cpu)

    def _read(self, file: str) -> bytes:
        try:
            with zipfile.ZipFile(self._path) as archive:
                return archive.read(file)
        except FileNotFoundError as error:
            raise EngineError(f"there is no engine file {self._path}; make one with skelp model compile") from error
        except OSError as error:
            raise EngineError(f"engine file {self._path} cannot be read: {error.strerror}") from error
        except (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, EOFError, ValueError) as error:
            raise EngineError(f"{self._path} is no engine file, or it is damaged ({error}); make one with skelp model compile") from error


def refuse_other_file(path: Path) -> None:
    """Raise EngineError if there is a file that an engine file would replace, and that is none: a model, for instance."""
    if not path.exists():
        return
    try:
        EngineFile(path)
    except EngineError as error:
        raise EngineError(f"{path} is there and is no engine file, so it stays as it is; choose another --out") from error


def file_name(name: str, shape: Shape) -> str:
    """The name of a network in an engine file."""
    batch, _, height, width = shape
    return f"{name}-{batch}x{height}x{width}.onnx"


def with_engines(model: ModelFile, engine: Engine, path: Path) -> Engine:
    """The same engine, with the networks of an engine file, and its provider and precision in place of `auto`.

    Raises EngineError if the file was compiled from another model, for another machine, or for what was not asked for.
    """
    file = EngineFile(path)
    record = file.record
    found = list(_differences(record, model, engine))
    if found:
        asked = {"provider": engine.provider, "precision": engine.precision}
        if asked["provider"] not in ("auto", *AHEAD):
            asked["provider"] = "auto"  # it compiles nothing ahead
        options = {k: v for k, v in asked.items() if v != "auto"} | {k: getattr(record, k) for k in ("batch", "height", "width")}
        again = " ".join([f"skelp model compile {model.path} --out {path}", *(f"--{k} {v}" for k, v in options.items())])
        raise EngineError(f"engine file {path} does not fit: {'; '.join(found)}; compile it again here: {again}")
    choose(record.provider.value)  # or say what it lacks here
    why = f"compiled ahead: {path}, {record.made_at:%Y-%m-%d}"
    return replace(engine, provider=record.provider.value, precision=record.precision.value, why=why, compiled=file.network)


def _differences(record: Record, model: ModelFile, engine: Engine) -> list[str]:
    """What the engines were compiled for that is not so here."""
    found = []
    if record.format != FORMAT:
        found.append(f"its format is {record.format}, this skelp reads {FORMAT}")
    if record.model != model.sha256:
        found.append(f"it was compiled from {record.name}, sha256 {record.model[:12]}, and {model.path} has {model.sha256[:12]}")
    for what, asked, has in (("provider", engine.provider, record.provider), ("precision", engine.precision, record.precision)):
        if asked not in ("auto", has.value):
            hint = "; set provider to auto, because it compiles nothing ahead" if what == "provider" and asked not in AHEAD else ""
            found.append(f"its {what} is {has}, and {asked} was asked for{hint}")
    here = machine_for(record.provider)
    for name in sorted({*here, *record.machine}):
        made, now = record.machine.get(name, "none"), here.get(name, "none")
        if made != now:
            found.append(f"it was compiled for {name} {made}, here it is {now}")
    return found


def write_engines(path: Path, model: ModelFile, engine: Engine, made: Sequence[Made]) -> Record:
    """Write an engine file. `engine` has the provider and the precision that were used; the first network sees whole batches of the line.

    Raises SkelpError if it cannot be written.
    """
    record = Record(
        format=FORMAT,
        model=model.sha256,
        name=f"{model.card.name} {model.card.version}",
        provider=Provider(engine.provider),
        precision=Precision(engine.precision),
        batch=made[0].shape[0],
        height=made[0].shape[2],
        width=made[0].shape[3],
        machine=machine_for(Provider(engine.provider)),
        made_at=datetime.now(UTC),
        networks=tuple(
            Entry(
                file=file_name(m.name, m.shape),
                sha256=hashlib.sha256(m.ready.data).hexdigest(),
                nodes=m.ready.nodes,
                nodes_on_cpu=m.ready.nodes_on_cpu,
            )
            for m in made
        ),
    )
    with whole_file(path, 0o644, "choose another --out") as draft, zipfile.ZipFile(draft, "w") as archive:
        archive.writestr(_RECORD, record.model_dump_json(indent=1) + "\n")
        for m in made:
            archive.writestr(file_name(m.name, m.shape), m.ready.data)
    return record
