"""The passes of a coil. A coil that is inspected again gets an id of its own for each pass: K1, K1~2, K1~3."""

from __future__ import annotations

SEPARATOR = "~"
"""Stands between a coil's id and the number of the pass. An id that an MES gives cannot have it."""


def pass_id(coil_id: str, number: int) -> str:
    """The id of a pass; that of the first one is the coil's own.

    >>> pass_id("K1", 1), pass_id("K1", 2)
    ('K1', 'K1~2')
    """
    return coil_id if number == 1 else f"{coil_id}{SEPARATOR}{number}"


def first_id(coil_id: str) -> str:
    """The id of the first pass of a coil, which all its passes share.

    >>> first_id("K1~2")
    'K1'
    """
    return coil_id.partition(SEPARATOR)[0]
