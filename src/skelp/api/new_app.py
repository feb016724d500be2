"""Makes a FastAPI application as each server of skelp has it: strict paths, problem documents, a document that lists every refusal."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute

from skelp import __version__
from skelp.api import problem
from skelp.api.openapi import TAGS, Models, complete
from skelp.api.queries import KnownQueries
from skelp.api.rights import V1, Calls


def new_app(
    title: str,
    description: str,
    calls: Calls,
    routers: Iterable[APIRouter],
    *,
    at_root: Iterable[APIRouter] = (),
    more: Models = (),
    servers: list[dict[str, str]] | None = None,
) -> FastAPI:
    """An application with these routers under V1, and others at its root. Raises ValueError if its routes are not those of `calls`.

    `more`: models of the document that no route names. `servers`: where its paths begin; None: at the root.
    """
    app = FastAPI(
        title=title,
        version=__version__,
        description=description,
        openapi_tags=TAGS,
        servers=servers,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a path is right or wrong
        generate_unique_id_function=_operation_id,
    )
    problem.install(app, calls)
    complete(app, calls, more)
    queries = KnownQueries(V1)
    api = APIRouter(prefix=V1, dependencies=[Depends(queries)])
    for router in routers:
        api.include_router(router)
    for router in (api, *at_root):
        app.include_router(router)
    queries.of(app)
    calls.check(app.openapi())
    return app


def _operation_id(route: APIRoute) -> str:
    """The name of a call in the OpenAPI document, from which clients are made: that of its function, and a contract like its path."""
    return route.name
