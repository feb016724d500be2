"""Promotes a challenger: it replaces the model on the line if it is better on frozen pictures.

The challenger is better if some metric is significantly better (95%, paired bootstrap over groups) and none is worse. A loss that is not
proven may be accepted by name, with a reason. A record is written either way, with the reasons and the hashes of data, config, code and
models. It is not written if a loss is accepted that there is not.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

from skelp import __version__
from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.inference.model_file import ModelFile
from skelp.installation import Line
from skelp_training.data.frozen import Frozen
from skelp_training.data.seen import left_out, unseen
from skelp_training.evaluation.comparison import RECALL, Difference, differences
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.results import PictureResult
from skelp_training.evaluation.summary import summarise
from skelp_training.evaluation.trials import measure_items


class NotPromotedError(SkelpError):
    """The challenger is not better than the champion."""


@dataclass(frozen=True)
class Accepted:
    """Losses, as SET:METRIC, that somebody accepts, and why. Only a loss that is not proven can be accepted."""

    losses: frozenset[str] = frozenset()
    why: str = ""


_NOTHING = Accepted()


def promote(
    challenger: Path,
    champion: Path,
    frozen: Frozen,
    records: Path,
    recipe: Recipe,
    *,
    install: bool = True,
    accepted: Accepted = _NOTHING,
) -> Path:
    """Compare, write the record and, if the challenger is better and `install` is true, replace the champion's file.

    Returns the record. Without a champion the challenger is promoted. Raises NotPromotedError if it is not better, and SkelpError if a
    loss is accepted that there is not.
    """
    model, line = ModelFile.open(challenger), Line(champion)
    model.verify()
    if recipe.screen:
        model.check_screen(recipe)  # a station with this recipe would not start with the model
    if line.current == model.sha256:
        raise SkelpError(f"{champion} is this model already (sha256 {model.sha256[:16]}); there is nothing to compare")
    models = {"challenger": Detector(challenger, recipe)}
    if champion.is_file():
        models["champion"] = Detector(champion, recipe)
        _check_classes(models["champion"], models["challenger"])
    elif accepted.losses:
        raise SkelpError(f"there is no {champion} to compare with, so there is no loss to accept")
    seen = reduce(or_, (m.seen for m in models.values()))
    held = {role: {s.name: frozen.items(s, model.class_ids) for s in frozen.sets} for role, model in models.items()}
    measured = {role: {name: unseen(items, seen.every) for name, items in sets.items()} for role, sets in held.items()}
    results = {role: {name: measure_items(models[role], items) for name, items in sets.items()} for role, sets in measured.items()}
    compared: dict[str, list[Difference]] = {}
    if "champion" in models:
        pairs = {name: (results["champion"][name], results["challenger"][name]) for name in results["champion"]}
        outlines = {s.name: s.outlines for s in frozen.sets}
        compared = {name: differences(*pair, by_pixels=outlines[name]) for name, pair in pairs.items() if all(pair)}
    promoted, reasons = decide(compared, accepted) if "champion" in models else (True, ["there was no champion to compare with"])
    if not any(measured["challenger"].values()):
        promoted, reasons = False, ["all frozen pictures taught a model or chose something of it, so they allow no metric to be computed"]
    record = {
        "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "promoted": promoted,
        "installed": False,
        "reasons": reasons,
        "accepted": {"losses": sorted(accepted.losses), "why": accepted.why},
        "models": {role: _about(model, file) for (role, model), file in zip(models.items(), (challenger, champion), strict=False)},
        "frozen": {
            "file": str(frozen.file),
            "sets": {
                s.name: {
                    "sha256": s.sha256,
                    "without": len(s.without),
                    **left_out(held["challenger"][s.name], measured["challenger"][s.name], seen.taught),
                }
                for s in frozen.sets
            },
        },
        "recipe": {"name": recipe.name, "sha256": recipe.sha256},
        "code": _code(),
        "differences": {name: [asdict(d) for d in ds] for name, ds in compared.items()},
        "figures": {role: {name: _figures(models[role], ps) for name, ps in sets.items() if ps} for role, sets in results.items()},
    }
    file = _write_record(records, record, model.sha256)
    if not promoted:
        raise NotPromotedError(f"not promoted: {'; '.join(reasons)} (record: {file})")
    if install:
        _install(model, line, file, record)
    return file


def _install(model: ModelFile, line: Line, file: Path, record: dict[str, Any]) -> None:
    """Install the challenger, and write into its record whether it is there, and why not. The file on the line decides that."""
    try:
        line.install(model, "promote", "; ".join(record["reasons"])[:500])
    except SkelpError as error:
        record["not_installed_because"] = str(error)
        raise SkelpError(f"better, but not installed: {error} (record: {file})") from error
    finally:
        record["installed"] = line.current == model.sha256
        _write_record(file.parent, record, model.sha256)


def decide(compared: dict[str, list[Difference]], accepted: Accepted = _NOTHING) -> tuple[bool, list[str]]:
    """Whether the challenger is promoted, and the reasons. Raises SkelpError if a loss is accepted that there is not."""
    everything = [(name, d) for name, ds in compared.items() for d in ds]
    if not everything:
        return False, ["the frozen pictures allow no metric to be computed"]
    losses = {f"{name}:{d.metric}": (name, d) for name, d in everything if d.worse}
    for unknown in accepted.losses - losses.keys():
        raise SkelpError(f"{unknown} is no loss of this challenger; its losses are {', '.join(losses) or 'none'}")
    taken = {key: losses[key] for key in sorted(accepted.losses)}
    refused = [f"{key}: the loss is proven, so it cannot be accepted" for key, (_, d) in taken.items() if d.proven_worse]
    refused += [f"{name}: worse, {d}" for key, (name, d) in losses.items() if key not in taken]
    if refused:
        return False, refused
    if not any(d.metric == RECALL for _, d in everything):
        return False, [
            "no frozen picture that chose nothing shows a defect, so a model that finds none would seem better; freeze some that do"
        ]
    better = [f"{name}: better, {d}" for name, d in everything if d.better]
    if not better:
        return False, ["nothing shows that it is better", *(f"{name}: {d}" for name, d in everything)]
    return True, better + [f"{name}: accepted because {accepted.why}: {d}" for name, d in taken.values()]


def _figures(model: Detector, pictures: Sequence[PictureResult]) -> dict[str, Any]:
    return summarise(pictures, {c.id: c.name for c in model.classes}, model.card.mm_per_px)


def _check_classes(champion: Detector, challenger: Detector) -> None:
    before, now = ({c.name: c.id for c in m.classes if not c.pseudo} for m in (champion, challenger))
    if before != now:
        raise SkelpError(
            f"the challenger's classes of defects {now} are not the champion's {before}: their figures "
            "cannot be compared. A model with other classes is another model: give it another file on the line"
        )


def _about(model: Detector, file: Path) -> dict[str, Any]:
    card = model.card.model_dump(mode="json")
    return {"file": str(file), "sha256": model.sha256} | {
        k: card.get(k) for k in ("name", "version", "parent", "trained_on", "trained_with")
    }


def _code() -> dict[str, Any]:
    """The version of this code, and its commit if it runs from a checkout: a virtual environment may lie inside another project's."""
    here = Path(__file__)
    git = ["git", "-C", str(here.parent)]
    try:
        subprocess.run([*git, "ls-files", "--error-unmatch", here.name], capture_output=True, check=True)
        described = subprocess.run(
            [*git, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return {"skelp": __version__, "commit": None}
    return {"skelp": __version__, "commit": described.stdout.strip()}


def _write_record(folder: Path, record: dict[str, Any], sha256: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{record['when'][:19].replace(':', '')}Z-{sha256[:12]}.json"
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    draft.replace(file)  # it is written again after the installation: readers find one or the other, whole
    return file
