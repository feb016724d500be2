"""Options that several commands have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from skelp.config import ModelChoice
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Side
from skelp.validation import validated

RecordsOption = Annotated[Path, typer.Option("--station", help="Station file: it says where the records are.")]
ModelOption = Annotated[Path | None, typer.Option("--model", help="ONNX file with a card. Default: the shipped model.")]
ProviderOption = Annotated[str, typer.Option("--provider", help="auto, tensorrt, cuda, openvino or cpu.")]
PrecisionOption = Annotated[str, typer.Option("--precision", help="auto, fp32, fp16, bf16 or int8.")]

ScreenOption = Annotated[
    Literal["off", "on"] | None,
    typer.Option(
        "--screen",
        help="on: the model's screen looks at everything, the whole network only where that is suspicious. Default: as the recipe says.",
    ),
]


def screening(recipe: Recipe, screen: Literal["off", "on"] | None) -> Recipe:
    """The recipe, with a screen on both sides or on none if that was asked for."""
    return recipe if screen is None else replace(recipe, screen=tuple(Side) if screen == "on" else ())


def chosen(model: Path | None, provider: str, precision: str = "auto", engine: Path | None = None) -> ModelChoice:
    """The model, provider, precision and engine file that were asked for."""
    values = {"path": model, "provider": provider, "precision": precision, "engine": engine}
    return validated(ModelChoice, values, where=f"--provider {provider} --precision {precision}")
