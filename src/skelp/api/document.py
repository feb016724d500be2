"""Prints the OpenAPI document without a running station: `python -m skelp.api.document`.

`make check` generates the console's wire types (web/src/wire.ts) from it, and fails if the committed types differ.
"""

from __future__ import annotations

import json
from typing import Any, Self, cast

from skelp.api.app import create_app
from skelp.api.services import Services


class _NoStation:
    """Replaces the services. The document needs only the routes, so no service is ever called."""

    def __getattr__(self, _name: str) -> Self:
        return self


def document() -> dict[str, Any]:
    """The same document as GET /openapi.json of a running station."""
    return create_app(cast(Services, _NoStation())).openapi()


if __name__ == "__main__":
    print(json.dumps(document(), indent=1))
