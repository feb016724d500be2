"""Exchanges the model of a running line many times: python -m benchmarks.swaps --swaps 100

A station inspects simulated strip of two live cameras. Two model files, which differ in their version only, are asked for in turn. Each is
opened beside the other, verified, warmed and timed, and inspects the next coil. At the end every exposed line must be in a ledger once, and
each coil must name the model that was chosen when it began. Before that, the same line runs for a while without a swap, for comparison.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import onnx

from skelp.app import Station
from skelp.camera_config import SyntheticCamera
from skelp.config import ModelChoice, StationConfig, Storage
from skelp.inference.card import CARD_KEY
from skelp.model import default_model
from skelp.settings import Server

_BASELINE_S = 30.0


def versioned(source: Path, file: Path, version: str) -> Path:
    """A copy of a model file with another version in its card."""
    model = onnx.load(source)
    for entry in model.metadata_props:
        if entry.key == CARD_KEY:
            entry.value = json.dumps({**json.loads(entry.value), "version": version})
    file.parent.mkdir(exist_ok=True)
    onnx.save(model, file)
    return file


def swapped(station: Station, swaps: int) -> tuple[dict[str, str], list[float], list[dict[str, Any]]]:
    """Ask for the models in turn, and begin a coil after each. Returns each coil's model, the times from asking to choosing, refusals."""
    expected, took, refused = dict[str, str](), list[float](), list[dict[str, Any]]()
    make = station.new_coil
    for n in range(swaps):
        started = time.monotonic()
        station.exchange.ask(f"{'ab'[n % 2]}.onnx", watch=False)
        while station.exchange.status().trying is not None:
            time.sleep(0.01)
        status = station.exchange.status()
        if status.refused is not None:
            refused.append({"swap": n, **status.refused.reason.plain})
        else:
            took.append(time.monotonic() - started)
        expected[f"swap-{n:03d}"] = status.chosen.sha256
        station.line.tracker.start(make(f"swap-{n:03d}"))
        time.sleep(0.3)
    return expected, took, refused


def lines_of(station: Station) -> dict[str, int]:
    """Lines in the ledgers of all cameras, by state and reason code."""
    return {f"{c.state} {c.code or ''}".strip(): c.lines for c in station.line.meter.lines()}


def main() -> None:
    """Print one JSON object. Exits with 1 if a line is missing, or a coil names another model than the one that was chosen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--swaps", type=int, default=100)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--line-rate", type=float, default=2000.0)
    parser.add_argument("--most-slower", type=float, default=1.25)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="skelp-swaps-") as name:
        folder = Path(name)
        for version in "ab":
            versioned(default_model(), folder / "models" / f"{version}.onnx", version)
        of = {"kind": "synthetic", "width": arguments.width, "strip_px": 2 * arguments.width, "line_rate_hz": arguments.line_rate}
        cameras = [SyntheticCamera.model_validate({**of, "name": f"top-{k}", "first_column": k * arguments.width}) for k in range(2)]
        config = StationConfig(
            name="swaps",
            cameras=tuple(cameras),
            model=ModelChoice(provider="cpu", folder=folder / "models", most_slower=arguments.most_slower),
            storage=Storage(folder=folder / "data", disk_min_free_gb=0.1),
            server=Server(port=0),
        )
        with Station(config) as station:
            worker = threading.Thread(target=station.run)
            worker.start()
            time.sleep(_BASELINE_S)
            before = lines_of(station)
            expected, took, refused = swapped(station, arguments.swaps)
            station.stop()
            worker.join()
            after, exposed = lines_of(station), station.line.meter.counts()["lines_exposed"]
            coils = station.database.reader.coils(before=None, limit=500)
            inspected_by = {c.coil_id: c.model_sha256 for c in coils}
            wrong = [coil_id for coil_id, sha256 in expected.items() if inspected_by.get(coil_id) != sha256]
            changed = sum(e.payload.kind == "model.changed" for e in station.database.reader.events(after=0, limit=1000))
    recorded = sum(n for what, n in after.items() if "camera." not in what)  # what a silent camera lost is estimated beside them
    facts = {
        "swaps": arguments.swaps,
        "refused": refused,
        "model_changed_events": changed,
        "coils_with_the_wrong_model": wrong,
        "lines_exposed": exposed,
        "lines_in_ledgers": recorded,
        f"lines_in_{_BASELINE_S:g}_s_without_swaps": before,
        "lines_at_the_end": after,
        "s_from_asking_to_choosing": {"median": round(sorted(took)[len(took) // 2], 2), "longest": round(max(took), 2)} if took else None,
    }
    print(json.dumps(facts, indent=1))
    if wrong or exposed != recorded:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
