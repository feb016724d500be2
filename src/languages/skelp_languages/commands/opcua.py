"""`skelp opcua`: a station as a vision system of OPC UA for Machine Vision."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from skelp.domain.errors import SkelpError
from skelp.validation import load
from skelp_languages import __version__
from skelp_languages.opcua.settings import OpcUaSettings
from skelp_languages.running import running
from skelp_languages.standing import Standings


def opcua(
    settings: Annotated[Path, typer.Argument(help="The connection's settings file, such as edge/opcua.toml.")],
    after: Annotated[
        int | None, typer.Option(min=0, help="Begin after this event of the station's feed, whatever was told before. 0: everything.")
    ] = None,
) -> None:
    """Serve a station's results over OPC UA for Machine Vision (OPC 40100-1)."""
    if find_spec("asyncua") is None:
        raise SkelpError(f"skelp opcua needs asyncua, which is not installed: pip install 'skelp-languages[opcua]=={__version__}'")
    from skelp_languages.opcua.serving import serve  # noqa: PLC0415 - asyncua is there only with the extra, and takes a second

    known = load(settings, OpcUaSettings, "settings", "docs/plant/opcua.md has an example")
    standings = Standings("opcua", f"opc.tcp://{known.endpoint.host}:{known.endpoint.port}/skelp")
    with running(known, standings) as run:
        asyncio.run(serve(run, known, after))
