"""A long-running process does not look through what it made at its start again and again."""

from __future__ import annotations

import gc
import weakref

from skelp.garbage import leave_what_started


class _Knot:
    """An object that refers to itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_has_been_made_is_left_out_and_new_garbage_is_still_freed() -> None:
    before = weakref.ref(_Knot())
    stays = _Knot()
    try:
        leave_what_started()
        assert before() is None, "what was garbage already is freed, not kept for ever"
        assert gc.get_freeze_count() > 1000
        assert not any(found is stays for found in gc.get_objects())
        new = weakref.ref(_Knot())
        gc.collect()
        assert new() is None
    finally:
        gc.unfreeze()
