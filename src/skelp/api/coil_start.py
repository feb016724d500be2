"""Starts coils: which coil the next lines belong to, and which names are free."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from skelp.api.schema.coils import CoilStart
from skelp.api.services import Services
from skelp.domain.coilmap import Coil, Status
from skelp.domain.errors import SkelpError
from skelp.domain.passes import first_id, pass_id


class Coils:
    """Starts, renames and ends coils, one request at a time: the order of the records is that of the steel."""

    def __init__(self, s: Services) -> None:
        self._s, self._lock = s, threading.Lock()

    def start(self, body: CoilStart) -> tuple[Coil, bool]:
        """Start a coil, or a new pass of it, and end the running one. Returns the coil and True; False if it runs already.

        Raises SkelpError if the coil has passed already, runs with other data, or its name belongs to another coil.
        """
        with self._lock:
            newest = next(iter(self._s.records.passes(body.coil_id)), None)
            if newest and newest.status is Status.RUNNING and (newest.pass_number > 1 or not body.new_pass):
                _check_same(newest, body)
                return newest, False
            if newest and not body.new_pass:
                raise SkelpError(
                    f"coil {newest.coil_id} has passed already ({newest.status.value}), so no line can belong to it any more; if the same "
                    'coil is inspected again, send "new_pass": true, else give the new coil an id of its own'
                )
            coil = self._new(body, newest.pass_number + 1 if newest else 1)
            with self._s.writer.transaction() as change:
                change.add_coil(coil)
            self._end(self._s.control.current())
            self._s.control.start(coil)
            return coil, True

    def correct(self, coil_id: str, changes: dict[str, Any]) -> None:
        """Change name, heat or product. Raises SkelpError if another coil has the name."""
        with self._lock:
            if "name" in changes:
                self._check_free(changes["name"], self._s.records.coil(coil_id).coil_id)
            if changes:
                with self._s.writer.transaction() as change:
                    change.change_coil(coil_id, **changes)

    def finish(self, coil: Coil) -> None:
        """End a coil that runs."""
        with self._lock:
            self._end(coil.coil_id)
            self._s.control.finish(coil.coil_id)

    def _new(self, body: CoilStart, number: int) -> Coil:
        coil_id = pass_id(body.coil_id, number)
        name = body.name or body.coil_id
        for text in dict.fromkeys((coil_id, name)):
            self._check_free(text, coil_id)
        known = body.model_dump(include={"heat", "product", "strip_width_mm"})
        return self._s.new_coil(coil_id, name=name, pass_number=number, **known)

    def _check_free(self, name: str, coil_id: str) -> None:
        """The passes of a coil share its name. Raises SkelpError if another coil has it."""
        others = [c for c in self._s.records.called(name) if first_id(c) != first_id(coil_id)]
        if others:
            raise SkelpError(f"{name} is already the id or the name of coil {others[0]}; choose another one, or rename that coil first")

    def _end(self, coil_id: str | None) -> None:
        """Make a running coil provisional. The pipeline makes it final when its last line is stored."""
        if coil_id is None:
            return
        try:
            coil = self._s.records.coil(coil_id)
        except LookupError:
            return  # an automatic coil without stored results yet; its end is recorded when its lines arrive
        if coil.status is Status.RUNNING:
            with self._s.writer.transaction() as change:
                change.change_coil(coil.coil_id, status=Status.PROVISIONAL, finished_at=datetime.now(UTC))


def _check_same(running: Coil, body: CoilStart) -> None:
    """A request that is sent again is the same. Raises SkelpError if it has other data than the running coil."""
    for key in ("name", "heat", "product", "strip_width_mm"):
        said, known = getattr(body, key), getattr(running, key)
        if key in body.model_fields_set and said is not None and said != known:
            raise SkelpError(
                f"coil {running.coil_id} runs already, with {key} {known!r} and not {said!r}; correct name, heat or product with PATCH, or "
                "give another coil an id of its own"
            )
