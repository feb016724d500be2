"""Which ends of a recorded coil the head and the tail of a coil are: a piece has new ends where it was cut."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class End(StrEnum):
    """An end of a coil as cameras saw it pass."""

    HEAD = "head"
    TAIL = "tail"


@dataclass(frozen=True, slots=True)
class Ends:
    """The ends that lie at the head and at the tail of a coil; None where it was cut, so that no end of a coil is there."""

    at_head: End | None = End.HEAD
    at_tail: End | None = End.TAIL

    def of(self, head: T, tail: T, cut: T) -> tuple[T, T]:
        """What there is at the coil's head and at its tail, of what a coil has at its head and its tail, and what it has at a cut."""
        by_end = {End.HEAD: head, End.TAIL: tail, None: cut}
        return by_end[self.at_head], by_end[self.at_tail]


AS_SEEN = Ends()
"""The ends of a coil that was not cut."""
