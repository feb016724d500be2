"""Serves the files of the console, if it was built (make web)."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.routing import Match, Mount
from starlette.types import Scope

from skelp.api.rights import is_console

FOLDER = Path(__file__).parent / "static"
"""The folder into which `make web` builds the console."""


class _Files(StaticFiles):
    """The files, with one of them at /."""

    def __init__(self, first_page: str) -> None:
        super().__init__(directory=FOLDER)
        self._first_page = first_page

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        if path in (".", ""):
            return super().lookup_path(self._first_page)
        is_other = path.endswith(".html") and path != self._first_page  # the page of another kind of server cannot work here
        return ("", None) if is_other else super().lookup_path(path)


class _Console(Mount):
    """Takes the paths of the console only. Any other path would find no file, where the answer is that its method is another one."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and is_console(scope["path"]):
            return super().matches(scope)
        return Match.NONE, {}


def serve(app: FastAPI, first_page: str = "index.html") -> None:
    """Add the console to the application, or a page that says how to build it. `first_page` is the file that answers at /."""
    if (FOLDER / first_page).is_file():
        app.router.routes.append(_Console("/", _Files(first_page), name="console"))
        return

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False, response_class=PlainTextResponse)
    def missing() -> str:
        return "This installation has no console: run make web in a checkout. REST is at /api/v1, see /openapi.json\n"
