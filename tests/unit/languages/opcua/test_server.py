"""How the command and its server refuse what they cannot do."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from skelp.domain.errors import SkelpError
from skelp_languages.commands.opcua import opcua
from skelp_languages.opcua.server import listening, make_server
from skelp_languages.opcua.settings import Endpoint, OpcUaSettings, Security


def test_a_port_in_use_is_one_sentence_and_no_traceback(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def listens(port: int) -> None:
        security = Security(certificates=tmp_path / "certificates")
        settings = OpcUaSettings(name="line1", place=tmp_path / "place.json", endpoint=Endpoint(port=port), security=security)
        async with listening(await make_server(settings)):
            pass

    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(SkelpError, match="is another server there"):
        asyncio.run(listens(other.getsockname()[1]))
    assert [record for record in caplog.records if record.exc_info] == []
    assert logging.getLogger("asyncua.server.server").filters == []


def test_there_is_no_event_before_the_first(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(opcua)
    done = CliRunner().invoke(app, [str(tmp_path / "none.toml"), "--after", "-5"])
    assert (done.exit_code, "'--after'" in done.output) == (2, True), done.output
