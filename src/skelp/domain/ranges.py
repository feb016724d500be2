"""Refuses values that lie outside what they may be."""

from __future__ import annotations

import math


def within(least: float, most: float, **values: float | None) -> None:
    """Raises ValueError for a value outside `least ... most`; NaN is outside. None is a value that is not stated."""
    for key, value in values.items():
        if value is not None and not least <= value <= most:
            expected = f"{least:g} or more" if most == math.inf else f"from {least:g} to {most:g}"
            raise ValueError(f"{key} must be {expected}, got {value}")
