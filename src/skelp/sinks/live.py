"""The latest picture of the strip. Whoever writes overwrites, so a slow viewer never holds the inspection back."""

from __future__ import annotations

from skelp.domain.outcome import Picture


class LatestPicture:
    """Satisfies ports.LiveSlot. An assignment is atomic; the picture is encoded by whoever asks, when asked."""

    def __init__(self) -> None:
        self._picture: Picture | None = None

    def show(self, picture: Picture) -> None:
        self._picture = picture

    def latest(self) -> Picture | None:
        return self._picture
