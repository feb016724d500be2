"""The one exception base of the project, and how faults of a file are said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class SkelpError(Exception):
    """A known failure. Its message names the value, what was expected and what to do about it.

    The command line prints it as one line and exits with 1; anything else that escapes is a bug and exits with 3.
    """


def faults(found: Iterable[Mapping[str, Any]]) -> str:
    """What is wrong with a file, key by key, from the list that pydantic's errors give."""
    return "; ".join(f"{'.'.join(map(str, f['loc'])) or 'file'}: {f['msg']} (got {str(f['input'])[:60]!r})" for f in found)
