"""`skelp audit`: who changed something at a station, and who was refused."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from skelp.commands.access import StationOption, place_of
from skelp.domain.audit import AuditEntry
from skelp.terminal import JsonOption, print_line


def audit(
    station: StationOption,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many entries, from the newest back.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """Print who changed something or was refused, the oldest first, while the station runs or not."""
    with place_of(station).opened() as access:
        found = [entry for _, entry in access.audit.entries(before=None, limit=limit)][::-1]
    if as_json:
        print(json.dumps({"audit": [asdict(e) | {"at": e.at.isoformat()} for e in found]}))
        return
    for entry in found:
        print_line(_line(entry))
    if not found:
        print_line("the audit is empty")


def _line(e: AuditEntry) -> str:
    """Such as: 2026-11-26 18:20:01 UTC  kim (operator) at 10.0.0.9  POST /api/v1/coils  201."""
    where = f" of {e.station}" if e.station else ""
    who = f"{e.name or 'nobody known'}{f' ({e.role})' if e.role else ''} at {e.address}"
    more = [*([] if e.status is None else [str(e.status)]), *([f"after {e.left_out} that were left out"] if e.left_out else [])]
    return "  ".join([f"{e.at:%Y-%m-%d %H:%M:%S} UTC", who, f"{e.action} {e.subject}{where}", *more])
