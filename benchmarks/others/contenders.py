"""All contenders, in the order of a round."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.line import LINES
from benchmarks.others import limits, padim, unet, yolo
from benchmarks.others.contender import Contender, Network
from skelp.inference.providers import Provider, offer_of
from skelp.model import default_model

WIDTH = 4096
DEFECTS = 3
"""How many times the defects of a bad coil the strip has: the screen of strip-s 0.3.1 is suspicious of 1.9% of its tiles."""
_BLOCK = {"n": 1, "h": LINES + 32, "w": WIDTH}
"""What skelp shows its network at once: the frame with 16 lines of context above and below."""


def contenders(folder: Path) -> list[Contender]:
    """`folder` has the frames, and gets the model files."""
    fp32 = default_model()
    int8 = fp32.with_name("model.int8.onnx")
    fitted = Contender("padim", "PaDiM ResNet-18, anomalib, OpenVINO", padim.__name__, [str(folder), "openvino"], "anomalib", padim.FILE)
    return [
        _line("skelp-screened", "skelp, whole line, screen on", ["--screen"]),
        _line("skelp", "skelp, whole line, screen off", [], fp32),
        _line("skelp-int8", "skelp, whole line, int8, screen off", ["--model", str(int8)], int8),
        _script(folder, Provider.OPENVINO),
        _script(folder, Provider.CPU),
        _predict(folder, "openvino"),
        _predict(folder, "onnx"),
        fitted,
        Contender("limits", "limits of this machine", limits.__name__, [str(folder)]),
    ]


def _line(name: str, title: str, arguments: Sequence[str], model: Path | None = None) -> Contender:
    """skelp's whole line. `model`: its network, where it sees every pixel."""
    network = Network(model, _BLOCK, LINES * WIDTH) if model else None
    return Contender(name, title, "benchmarks.line", ["--defects", str(DEFECTS), *arguments], network=network)


def _script(folder: Path, provider: Provider) -> Contender:
    offer = offer_of(provider)
    tiles = LINES * WIDTH // unet.TILE**2
    return Contender(
        f"unet-{provider}",
        f"U-Net ResNet-18 in a script, {_RUNTIMES[provider]}",
        unet.__name__,
        [str(folder), provider.value],
        file=unet.FILE,
        network=Network(folder / unet.FILE, {"n": tiles}, LINES * WIDTH),
        why_not=None if offer.usable else f"{_RUNTIMES[provider]} cannot be used here: {offer.why}",
    )


def _predict(folder: Path, kind: str) -> Contender:
    title = f"YOLO11n-seg, Ultralytics, {'OpenVINO' if kind == 'openvino' else 'ONNX Runtime'}"
    network = Network(folder / yolo.FILES["onnx"], {}, yolo.TILE * WIDTH)
    return Contender(f"yolo-{kind}", title, yolo.__name__, [str(folder), kind], "ultralytics", yolo.FILES[kind], network)


_RUNTIMES = {Provider.OPENVINO: "OpenVINO", Provider.CPU: "ONNX Runtime"}
