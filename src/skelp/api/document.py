"""Print the OpenAPI document of a station, without a station: `python -m skelp.api.document`.

`make check` generates the console's wire types (web/src/wire.ts) from it and fails where the committed ones differ.
"""

from __future__ import annotations

import json
from typing import Any, Self, cast

from skelp.api.app import create_app
from skelp.api.services import Services


class _NoStation:
    """Stands in for the services. Making the document needs the routes only, so nothing of it is ever called."""

    def __getattr__(self, _name: str) -> Self:
        return self


def document() -> dict[str, Any]:
    """The same document as GET /openapi.json of a running station."""
    return create_app(cast(Services, _NoStation())).openapi()


if __name__ == "__main__":
    print(json.dumps(document(), indent=1))
