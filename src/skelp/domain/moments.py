"""Times as they are stored and sent."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(moment: datetime) -> str:
    """A time in UTC as text for the database and the API: ISO 8601 with milliseconds, so that texts have the order of times."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> str:
    """The current time in the format of `iso`."""
    return iso(datetime.now(UTC))
