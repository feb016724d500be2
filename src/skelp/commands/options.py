"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from skelp.config import ModelChoice
from skelp.validation import validated

ModelOption = Annotated[Path | None, typer.Option("--model", help="ONNX file with a card. Default: the shipped model.")]
ProviderOption = Annotated[str, typer.Option("--provider", help="auto, tensorrt, cuda, openvino or cpu.")]
PrecisionOption = Annotated[str, typer.Option("--precision", help="auto, fp32, fp16, bf16 or int8.")]

Screen = Literal["off", "on"]
ScreenOption = Annotated[
    Screen, typer.Option("--screen", help="on: the model's screen looks at everything, the whole network only where that is suspicious.")
]


def chosen(model: Path | None, provider: str, precision: str = "auto") -> ModelChoice:
    """The model, provider and precision that were asked for."""
    values = {"path": model, "provider": provider, "precision": precision}
    return validated(ModelChoice, values, where=f"--provider {provider} --precision {precision}")
