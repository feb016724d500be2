"""Prints the OpenAPI document without a running station, or that of a plant: `python -m skelp.api.document [plant]`.

`make check` generates the console's wire types (web/src/wire.ts, wire-plant.ts) from them, and fails if the committed types differ.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Self, cast

from skelp.api.app import create_app
from skelp.api.plant.app import plant_document_app
from skelp.api.plant.services import PlantServices
from skelp.api.services import Services


class _Nothing:
    """Replaces the services. A document needs only the routes, so no service is ever called."""

    def __getattr__(self, _name: str) -> Self:
        return self


def document() -> dict[str, Any]:
    """The same document as GET /openapi.json of a running station."""
    return create_app(cast(Services, _Nothing())).openapi()


def plant_document() -> dict[str, Any]:
    """The same of a plant's server."""
    return plant_document_app(cast(PlantServices, _Nothing())).openapi()


if __name__ == "__main__":
    print(json.dumps(plant_document() if "plant" in sys.argv[1:] else document(), indent=1))
