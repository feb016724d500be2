"""Greys, of 0 to 255, at which a camera shows nothing of the steel."""

from __future__ import annotations

BACKGROUND_MAX_DN = 14.0
"""Largest grey beside the strip, before flat-field correction. In real pictures: strip at least 16, background at most 10."""
GLARE_DN = 254
"""A pixel of at least this grey is overexposed."""
