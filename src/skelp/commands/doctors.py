"""`skelp doctor`: whether this machine can run a station, and whether its GPU answers as its CPU does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from skelp.doctor import Finding, Plan, examine, findings_of, gpu_report
from skelp.domain.errors import SkelpError
from skelp.terminal import print_rows
from skelp.whole_file import whole_file


def doctor(
    folder: Annotated[Path, typer.Option(help="Folder for the results of a station.")] = Path("skelp-data"),
    with_gpu: Annotated[bool, typer.Option("--gpu", help="Compare the GPU with the CPU, measure both, and write a report.")] = False,
    models: Annotated[list[Path] | None, typer.Option("--model", help="With --gpu: a model file. Default: the shipped model.")] = None,
    report: Annotated[Path | None, typer.Option(help="With --gpu: the file for the report. Default: skelp-gpu.json.")] = None,
) -> None:
    """Check whether this machine can run a station, or with --gpu whether its GPU can."""
    if not with_gpu and (models or report):
        raise SkelpError("--model and --report are of the comparison with the GPU; add --gpu")
    if missing := [str(m) for m in models or () if not m.is_file()]:
        raise SkelpError(f"there is no model file {', '.join(missing)}")
    findings = _gpu(models or [None], report or Path("skelp-gpu.json")) if with_gpu else examine(folder)
    marks = {True: "ok", False: "NOT FIT", None: ""}
    print_rows((marks[f.fit], f.subject, f.text) for f in findings)
    if any(f.fit is False for f in findings):
        what = "the GPU of this machine cannot be used" if with_gpu else "this machine cannot run a station"
        raise SkelpError(f"{what}; the lines marked NOT FIT say what to do")


def _gpu(models: Sequence[Path | None], file: Path) -> list[Finding]:
    found = gpu_report(models, Plan())
    with whole_file(file, 0o644, "choose another --report") as draft:
        draft.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return [*findings_of(found), Finding("report", str(file))]
