"""A station that asks for tokens and has people who log in, with one token and one log-in of each role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from skelp.api import rights
from skelp.api.buckets import Buckets
from skelp.api.guard import Guard
from skelp.api.live import PROTOCOL
from skelp.domain.access import Role
from tests.station_server import StationServer

DAY = timedelta(days=1)
HOST = "http://testserver"
"""The Origin of the station's own pages."""
CALLS = [(method, path, right) for (method, path), right in rights.RIGHTS.items()] + [(m, p, None) for m, p in sorted(rights.OPEN)]
"""Every call, the WebSocket too, with its right; None: anybody may make it."""


@dataclass
class House:
    """`secrets` and `log_ins` are by role, `passwords` by name. `folder` has the database."""

    server: StationServer
    client: TestClient
    guard: Guard
    secrets: dict[Role, str]
    passwords: dict[str, str]
    folder: Path

    def ask(self, method: str, path: str, secret: str | None, **more: Any) -> Any:
        return self.client.request(method, path, headers={} if secret is None else bearer(secret), **more)

    def log_in(self, role: Role) -> str:
        """The secret of a new log-in of the person with this role."""
        secret = self.server.people.log_in(f"p-{role}", self.passwords[f"p-{role}"], DAY)
        assert secret
        return secret

    def be_patient(self) -> None:
        """Refuse nobody for what was done before."""
        self.guard._requests, self.guard._failures = Buckets(1e6, 1e6), Buckets(1e6, 1e6)

    def status(self, method: str, path: str, headers: dict[str, str]) -> int:
        """The status of the answer to a call with ids of nothing; 101 for a WebSocket that is accepted, 403 for one that is refused."""
        if method != "WEBSOCKET":
            return int(self.answer(method, path, headers).status_code)
        try:
            with self.client.websocket_connect(address(path), [PROTOCOL], headers=headers):
                return 101
        except WebSocketDisconnect as refused:
            return 403 if refused.code == 1008 else refused.code

    def answer(self, method: str, path: str, headers: dict[str, str]) -> Any:
        """The answer to a call with ids of nothing."""
        return self.client.request(method, address(path), headers=headers, json={} if method in ("POST", "PATCH") else None)


def bearer(secret: str) -> dict[str, str]:
    """The header of a token."""
    return {"authorization": f"Bearer {secret}"}


def address(path: str) -> str:
    """The path with ids of nothing."""
    return re.sub(r"\{\w+\}", "nothing", path)
