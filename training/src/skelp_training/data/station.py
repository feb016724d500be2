"""A station's REST interface, read page by page."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from skelp.domain.errors import SkelpError
from skelp.domain.review import Review, Verdict


class StationClient:
    """Reads reviews, defects, samples and pictures from one station."""

    def __init__(self, address: str) -> None:
        if not address.startswith(("http://", "https://")):
            raise SkelpError(f"{address} is not a station's address; it looks like http://127.0.0.1:8000")
        self._root = address.rstrip("/") + "/api/v1"

    def json(self, path: str) -> Any:
        """The JSON document at a path. Raises SkelpError as `bytes` does."""
        return json.loads(self.bytes(path) or b"null")

    def bytes(self, path: str) -> bytes | None:
        """The body at a path, or None for 404: the quota deletes pictures. Raises SkelpError if the station does not answer."""
        try:
            with urllib.request.urlopen(self._root + path, timeout=30) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise SkelpError(f"{self._root}{path}: {error}") from error
        except (OSError, ValueError) as error:
            raise SkelpError(f"{self._root} does not answer: {error}; is the station running?") from error

    def reviews(self) -> Iterator[Review]:
        """Every review, oldest first."""
        cursor: int | None = 0
        while cursor is not None:
            page = self.json(f"/reviews?cursor={cursor}")
            for r in page["reviews"]:
                yield Review(r["review_id"], r["defect_id"], Verdict(r["verdict"]), r["class"], r["operator"], r["note"], r["at"])
            cursor = page["next"]

    def defects(self, coil_id: str) -> list[dict[str, Any]]:
        """Every defect of a coil, as REST describes it."""
        found, cursor = [], 0
        while cursor is not None:
            page = self.json(f"/coils/{coil_id}/defects?limit=10000&cursor={cursor}")
            found += page["defects"]
            cursor = page["next"]
        return found
