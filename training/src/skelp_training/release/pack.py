"""Packs a model whose weights lie in other files into one file."""

from __future__ import annotations

import os
from pathlib import Path

import onnx
from onnx.external_data_helper import ExternalDataInfo, uses_external_data

from skelp.domain.errors import SkelpError
from skelp.inference.model_file import ModelFile

_MOST_BYTES = 2**31 - 1
"""Protocol Buffers allow no larger message."""


def pack(source: Path, out: Path) -> ModelFile:
    """Write `source` with all weights inside to `out`, verify it, and return it.

    Raises SkelpError if a file of weights is missing, too short or not beside the model, or if the model is larger than 2 GB.
    """
    if not source.is_file():
        raise SkelpError(f"there is no model file {source}")
    try:
        model = onnx.load(source, load_external_data=False)
    except Exception as error:
        raise SkelpError(f"{source} is not an ONNX model: {error}") from error
    total = source.stat().st_size
    for tensor in onnx.external_data_helper._get_all_tensors(model):  # noqa: SLF001 - onnx has no public way to list them
        if uses_external_data(tensor):
            total += _check(source, tensor)
    if total > _MOST_BYTES:
        raise SkelpError(f"{source} has {total / 2**30:.1f} GB with its weights; one file holds at most 2 GB")
    onnx.external_data_helper.load_external_data_for_model(model, str(source.parent))
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.draft")
    try:
        onnx.save(model, draft)
        packed = ModelFile.open(draft)
        packed.verify()
        os.replace(draft, out)
    finally:
        draft.unlink(missing_ok=True)
    return ModelFile.open(out)


def _check(source: Path, tensor: onnx.TensorProto) -> int:
    """The bytes of a tensor outside the file. Raises SkelpError if they are not all there, beside the model."""
    try:
        info = ExternalDataInfo(tensor)
    except ValueError as error:
        raise SkelpError(f"{source}: where the weight {tensor.name} lies is no number: {error}; export the model again") from error
    folder = source.parent.resolve()
    file = (folder / info.location).resolve()
    if Path(info.location).is_absolute() or folder not in file.parents:
        raise SkelpError(f"{source}: the weights {info.location} are not beside the model; weights are read from its own folder only")
    if not file.is_file():
        raise SkelpError(f"{source} needs its weights {info.location}, which are not beside it; copy that file too")
    if file != folder / Path(info.location):
        raise SkelpError(f"{source}: {info.location} is a link; put the file with the weights itself beside the model")
    offset, size = int(info.offset or 0), int(info.length or 0) or file.stat().st_size - int(info.offset or 0)
    if min(offset, size) < 0:
        raise SkelpError(f"{source}: the weight {tensor.name} lies at {offset} of {file} with {size} bytes; export the model again")
    if offset + size > file.stat().st_size:
        raise SkelpError(f"{file} is cut off: it has {file.stat().st_size} bytes, the weight {tensor.name} ends at {offset + size}")
    return size
