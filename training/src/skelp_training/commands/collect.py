"""`skelp collect`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from skelp.terminal import print_line


def collect(
    station: Annotated[str, typer.Argument(metavar="ADDRESS", help="The station's address, as in http://127.0.0.1:8000.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the set; new or empty.")],
    token_file: Annotated[
        Path | None, typer.Option("--token-file", metavar="FILE", help="Token of role reader, where one is needed.")
    ] = None,
    ca: Annotated[Path | None, typer.Option("--ca", metavar="FILE", help="The plant's certificate authority (ca.pem).")] = None,
    val_share: Annotated[float, typer.Option("--val-share", min=0, max=1, help="Share of the coils that are held out.")] = 0.2,
) -> None:
    """Make a labelled set from a station's reviews and its samples of clean steel. Where operators disagree, pixels are unsure."""
    from skelp_training.data.collect import collect
    from skelp_training.data.station import opened

    with opened(station, token_file, ca) as client:
        rows = collect(client, out, val_share)
    kinds = sorted(Counter(r.kind for r in rows).items())
    print_line(f"{len(rows)} pictures of {len({r.group for r in rows})} coils: " + ", ".join(f"{count} {kind}" for kind, count in kinds))
