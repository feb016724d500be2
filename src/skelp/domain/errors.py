"""The one exception base of the project, and how faults of a file are said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from skelp.domain.reasons import Reason


class SkelpError(Exception):
    """A known failure. Its message names the value, what was expected and what to do about it.

    `reason` is the coded reason behind it, where there is one; whoever shows the error adds its sentence. The command line prints one
    line and exits with 1; anything else that escapes is a bug and exits with 3.
    """

    def __init__(self, message: str, reason: Reason | None = None) -> None:
        super().__init__(message)
        self.reason = reason


def faults(found: Iterable[Mapping[str, Any]]) -> str:
    """What is wrong with a file, key by key, from the list that pydantic's errors give."""
    return "; ".join(f"{'.'.join(map(str, f['loc'])) or 'file'}: {f['msg']} (got {str(f['input'])[:60]!r})" for f in found)
