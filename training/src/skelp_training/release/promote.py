"""Put a model on the line, if it is better: python -m training.promote CHALLENGER.onnx CHAMPION.onnx --frozen FROZEN.toml --record DIR

Both run on the same frozen pictures. The challenger takes the champion's place only if some measure is surely better (95%,
paired bootstrap over groups) and none is worse. Either way a record says why, with the hashes of data, config, code and models.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from skelp import __version__
from skelp.domain.errors import SkelpError
from skelp.inference.segmenter import ModelFile
from skelp_training.commands import run
from skelp_training.data.frozen import Frozen, freeze
from skelp_training.evaluation.comparison import Difference, differences
from skelp_training.evaluation.detector import Judge
from skelp_training.evaluation.evaluate import named_set, set_arguments
from skelp_training.evaluation.results import Picture, figures
from skelp_training.evaluation.trials import judge_item


class NotPromotedError(SkelpError):
    """The challenger was compared and is not better."""


def promote(challenger: Path, champion: Path, frozen: Frozen, records: Path, *, install: bool = True) -> Path:
    """Compare, write the record, and on success replace the champion's file. Returns the record. Raises NotPromotedError.

    A plant's first model has nobody to beat; its record says so.
    """
    ModelFile.open(challenger).verify()
    judges = {"challenger": Judge(challenger)}
    if champion.is_file():
        judges["champion"] = Judge(champion)
        _same_classes(judges["champion"], judges["challenger"])
    seen = {who: {s.name: _pictures(judge, frozen, s.name) for s in frozen.sets} for who, judge in judges.items()}
    told = {s.name: differences(seen["champion"][s.name], seen["challenger"][s.name]) for s in frozen.sets} if "champion" in judges else {}
    promoted, reasons = verdict(told) if told else (True, ["there was no champion to compare with"])
    record = {
        "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "promoted": promoted,
        "installed": promoted and install,
        "reasons": reasons,
        "models": {who: _about(judge, file) for (who, judge), file in zip(judges.items(), (challenger, champion), strict=False)},
        "frozen": {"file": str(frozen.file), "sets": {s.name: {"sha256": s.sha256, "without": len(s.without)} for s in frozen.sets}},
        "code": _code(),
        "differences": {name: [asdict(d) for d in ds] for name, ds in told.items()},
        "figures": {who: {name: _figures(judges[who], ps) for name, ps in sets.items()} for who, sets in seen.items()},
    }
    file = _keep(records, record, judges["challenger"].sha256)
    if not promoted:
        raise NotPromotedError(f"not promoted: {'; '.join(reasons)} (record: {file})")
    if install:
        _install(challenger, champion)
    return file


def verdict(told: dict[str, list[Difference]]) -> tuple[bool, list[str]]:
    """Whether the challenger is better, and why (not)."""
    everything = [(name, d) for name, ds in told.items() for d in ds]
    if not everything:
        return False, ["the frozen pictures tell nothing about either model"]
    worse = [f"{name}: worse, {d}" for name, d in everything if d.worse]
    better = [f"{name}: better, {d}" for name, d in everything if d.better]
    if worse:
        return False, worse
    return (True, better) if better else (False, ["nothing shows that it is better", *(f"{name}: {d}" for name, d in everything)])


def _pictures(judge: Judge, frozen: Frozen, name: str) -> list[Picture]:
    one = next(s for s in frozen.sets if s.name == name)
    items = frozen.items(one, {c.name: c.id for c in judge.classes})
    return [judge_item(judge, i, s, judge.maps(s.image)) for i in items for s in [i.load()]]


def _figures(judge: Judge, pictures: Sequence[Picture]) -> dict[str, Any]:
    return figures(pictures, {c.id: c.name for c in judge.classes}, judge.card.mm_per_px)


def _same_classes(champion: Judge, challenger: Judge) -> None:
    ours, theirs = ({c.name: c.id for c in j.classes} for j in (challenger, champion))
    if ours != theirs:
        raise SkelpError(
            f"the challenger's classes {ours} are not the champion's {theirs}: their figures cannot be compared. "
            "A model with other classes is another model: give it a place of its own"
        )


def _about(judge: Judge, file: Path) -> dict[str, Any]:
    card = judge.card.model_dump(mode="json")
    return {"file": str(file), "sha256": judge.sha256} | {
        k: card.get(k) for k in ("name", "version", "parent", "trained_on", "trained_with")
    }


def _code() -> dict[str, Any]:
    """The version of this code, and the commit where it is a checkout."""
    asked = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        commit = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        commit = None
    return {"skelp": __version__, "commit": commit}


def _keep(folder: Path, record: dict[str, Any], sha256: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{record['when'][:19].replace(':', '')}Z-{sha256[:12]}.json"
    file.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return file


def _install(challenger: Path, champion: Path) -> None:
    """The old model is kept beside the new one under its hash: a coil's record names the model that judged it."""
    champion.parent.mkdir(parents=True, exist_ok=True)
    if champion.is_file():
        retired = champion.parent / "retired"
        retired.mkdir(exist_ok=True)
        shutil.copy2(champion, retired / f"{ModelFile.open(champion).sha256[:16]}.onnx")
    draft = champion.with_suffix(".draft.onnx")
    shutil.copyfile(challenger, draft)
    os.replace(draft, champion)


def main(arguments: Sequence[str]) -> None:
    """Promote a challenger that proves better."""
    ask = argparse.ArgumentParser(prog="training.promote", description=__doc__)
    ask.add_argument("challenger", type=Path)
    ask.add_argument("champion", type=Path, help="the model file on the line; need not exist for the first one")
    ask.add_argument("--frozen", type=Path, required=True, help="TOML file that names the frozen pictures and their hash")
    ask.add_argument(
        "--freeze", type=Path, metavar="DATASET", help="write that file first, for this set as it is now (see --split, --format)"
    )
    set_arguments(ask)
    ask.add_argument("--record", type=Path, default=Path("runs/promotions"), metavar="DIR")
    ask.add_argument("--compare-only", action="store_true", help="write the record, leave the champion's file as it is")
    asked = ask.parse_args(arguments)
    if asked.freeze:
        freeze(asked.frozen, named_set(asked.freeze, asked), asked.split, {c.name: c.id for c in Judge(asked.challenger).classes})
    file = promote(asked.challenger, asked.champion, Frozen.load(asked.frozen), asked.record, install=not asked.compare_only)
    record = json.loads(file.read_text(encoding="utf-8"))
    print("\n".join(["promoted" if record["installed"] else "better; left where it is", *record["reasons"], f"record: {file}"]))


if __name__ == "__main__":
    run(main)
