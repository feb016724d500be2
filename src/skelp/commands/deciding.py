"""`skelp decide`: what another recipe decides on coils that are recorded (docs/recipes.md)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from skelp.commands.options import RecordsOption
from skelp.config import load_recipe, load_station
from skelp.domain.errors import SkelpError
from skelp.domain.queries import CoilQuery
from skelp.inference.model_file import ModelFile
from skelp.model import default_model
from skelp.render.records import reason_record
from skelp.render.words import sentences
from skelp.sinks.sql import Redecided
from skelp.sinks.storage import open_redeciding_of
from skelp.terminal import JsonOption, print_line

RecipeOption = Annotated[Path, typer.Option("--recipe", help="The recipe that decides.")]
CoilOption = Annotated[list[str] | None, typer.Option("--coil", help="Only this coil, by its id; may be repeated.")]
FirstOption = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Only coils that started on this day (UTC) or later.")
]
LastOption = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Only coils that started on this day (UTC) or before.")
]
_MOST_LINES = 50
_LONGEST_NAME = 64


def decide(  # noqa: PLR0913, PLR0917 - an option is a parameter
    station: RecordsOption,
    recipe: RecipeOption,
    coil: CoilOption = None,
    first: FirstOption = None,
    last: LastOption = None,
    product: Annotated[str | None, typer.Option(help="Only coils of this product.")] = None,
    customer: Annotated[str | None, typer.Option(help="Only coils for this customer.")] = None,
    record_as: Annotated[
        str | None,
        typer.Option(help="Add the decisions to the records, as new revisions that this person asked for."),
    ] = None,
    note: Annotated[str, typer.Option(help="Why; kept with each decision.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Decide on final coils by another recipe, from what is recorded, while the station runs or not."""
    if record_as is not None and not 0 < len(record_as.strip()) <= _LONGEST_NAME:
        raise typer.BadParameter(f"--record-as needs a name of at most {_LONGEST_NAME} letters: each decision says who asked for it")
    config, asked = load_station(station), load_recipe(recipe)
    asked.applied_to(ModelFile.open(config.model.path or default_model()).card.domain_classes)
    query = CoilQuery(
        started_from=first and first.replace(tzinfo=UTC),
        started_to=last and last.replace(tzinfo=UTC) + timedelta(days=1),
        product=product,
        customer=customer,
    )
    ids, was, now, changed, added = list(coil or []), Counter[str](), Counter[str](), list[dict[str, Any]](), 0
    with open_redeciding_of(config.storage.folder, config.storage.database_url, config.name, asked) as records:
        if missing := sorted(set(ids) - records.final(ids)):
            raise SkelpError(f"{', '.join(missing)}: there is no final coil of this id, so none was decided on")
        for batch in records.decided(query, ids):
            added += records.record(batch, record_as, note) if record_as else 0
            was.update(r.was.value for r in batch)
            now.update(r.ruling.decision.value if r.ruling else "unknown" for r in batch)
            changed += _changed(batch)
    facts = {"recipe": {"name": asked.name, "sha256": asked.sha256}, "coils": sum(was.values()), "was": was, "now": now, "added": added}
    if as_json:
        print(json.dumps(facts | {"changed": changed}))
        return
    for line in _lines(changed):
        print_line(line)
    print_line(f"{facts['coils']} coils; was {_counts(was)}; by {asked.name} {_counts(now)}")
    print_line(f"{added} decisions were added" if record_as else "nothing was changed; --record-as NAME adds the decisions")


def _changed(batch: list[Redecided]) -> Iterator[dict[str, Any]]:
    for r in batch:
        if r.ruling is None or r.ruling.decision is not r.was:
            reasons = r.ruling.reasons if r.ruling else []
            told = {"now": r.ruling.decision.value if r.ruling else "unknown", "reasons": [reason_record(reason) for reason in reasons]}
            yield {"coil_id": r.coil.coil_id, "was": r.was.value, "text": sentences(reasons) or "its defects were deleted"} | told


def _lines(changed: list[dict[str, Any]]) -> Iterator[str]:
    for c in changed[:_MOST_LINES]:
        yield f"{c['coil_id']}: {c['was']} -> {c['now']}: {c['text']}"
    if len(changed) > _MOST_LINES:
        yield f"and {len(changed) - _MOST_LINES} more; --json has all"


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(counts.items())) or "none"
