"""A station, read over REST by its client (skelp_client)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from skelp.domain.errors import SkelpError
from skelp.domain.review import Review, Verdict
from skelp_client import ClientError, Deleted, NotFound, Station

T = TypeVar("T")


@contextmanager
def opened(address: str, token_file: Path | None, ca: Path | None) -> Iterator[Station]:
    """A station that answers. Raises SkelpError where the client raises a ClientError, also in the block."""
    try:
        with _client(address, token_file, ca, retry_s=0) as station:
            station.status()  # a wrong address or token is named at once, not after the time in which a station may come back
        with _client(address, token_file, ca, retry_s=30) as station:
            yield station
    except ClientError as error:
        raise SkelpError(str(error)) from error


def _client(address: str, token_file: Path | None, ca: Path | None, *, retry_s: float) -> Station:
    """A client. Raises SkelpError for an address or a token that cannot be one, and for a file that cannot be read."""
    try:
        token = None if token_file is None else token_file.read_text(encoding="utf-8").strip()
        return Station(address, token=token, ca=ca, retry_s=retry_s)
    except OSError as error:
        raise SkelpError(f"cannot read {' or '.join(str(f) for f in (token_file, ca) if f)}: {error}") from error
    except ValueError as error:
        raise SkelpError(str(error)) from error


def reviews(station: Station) -> list[Review]:
    """Every review of the station, oldest first."""
    return [Review(r.review_id, r.defect_id, Verdict(r.verdict), r.class_name, r.operator, r.note, r.at) for r in station.reviews()]


def if_there(read: Callable[[str], T], key: str) -> T | None:
    """A picture or a defect of the station, or None: the quota deletes pictures, and a rule old defects."""
    try:
        return read(key)
    except (NotFound, Deleted):
        return None
