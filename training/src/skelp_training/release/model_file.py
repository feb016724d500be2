"""Writes model files: the same graph with another card."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import onnx

from skelp.domain.defect import DefectClass
from skelp.inference.card import CARD_KEY, ModelCard
from skelp.inference.model_file import SCREEN_KEY, ModelFile
from skelp_training.data.seen import TAUGHT_KEY
from skelp_training.evaluation.detector import Detector


def write_card(source: Path, card: dict[str, Any], out: Path, screen: str | None = None, taught_by: str | None = None) -> None:
    """Write the model `source` with another card.

    `screen`: a screen in the place of the file's own. Without any, or with a card that names none, the file has none. `taught_by`: the
    pictures that taught it (Seen.text), in the place of those that the file names.

    Raises if the card is invalid (pydantic) or the graph is broken (onnx).
    """
    model = onnx.load(source)
    full = ModelCard.model_validate(card)
    own = {p.key: p.value for p in model.metadata_props}
    screen = screen or own.get(SCREEN_KEY)
    if screen is None or full.screen is None:
        screen, full = None, full.model_copy(update={"screen": None})
    taught = own.get(TAUGHT_KEY) if taught_by is None else taught_by
    content = {CARD_KEY: json.dumps(full.model_dump(mode="json"), sort_keys=True), SCREEN_KEY: screen, TAUGHT_KEY: taught}
    onnx.helper.set_model_props(model, {key: text for key, text in content.items() if text is not None})
    onnx.checker.check_model(model)
    draft = out.with_suffix(".card.onnx")
    onnx.save(model, draft)
    draft.replace(out)


def write_found(source: Path, name: str, found: dict[str, Any], out: Path) -> None:
    """Write the same network with a card that says what it found on the pictures of the set `name`; other sets stay in the card."""
    card = ModelFile.open(source).card.model_dump(mode="json")
    write_card(source, card | {"found": card["found"] | {name: found}}, out)


def write_thresholds(
    detector: Detector, source: Path, chosen: Sequence[DefectClass], quality: dict[str, Any], out: Path, chosen_on: Iterable[str] = ()
) -> None:
    """Write the same network with other thresholds. The card names its parent; `quality` says what the choice was made on.

    `chosen_on`: the pictures that chose, as in the card. Those that chose before are kept. What the model found with its former thresholds
    is in the card no more.
    """
    card = detector.card.model_dump(mode="json")
    limits = {c.id: c.threshold for c in chosen}
    card["classes"] = [c | {"threshold": limits[c["id"]]} for c in card["classes"]]
    card["quality"] = {**card["quality"], **quality}
    card |= {"parent": detector.sha256, "found": {}}
    card["chosen_on"] = sorted({*card["chosen_on"], *chosen_on})
    write_card(source, card, out)
