"""Starts and ends coils that the MES announces, in the records and on the line."""

from __future__ import annotations

import threading

from skelp.api.schema.coils import CoilStart
from skelp.api.services import Services
from skelp.domain.coilmap import Coil, Status
from skelp.domain.passes import over


class AnnouncedCoils:
    """Starts and ends one coil at a time, so that the records and the line always name the same running coil. Any thread may call it."""

    def __init__(self, s: Services) -> None:
        self._s, self._lock = s, threading.Lock()

    def start(self, body: CoilStart) -> tuple[Coil, bool]:
        """Start a coil and end the running one. Returns the coil, and whether it is new. Raises ConflictError as start_coil does.

        If an earlier request stored the coil but failed before the line knew it, its repetition starts the coil on the line.
        """
        known = body.model_dump(include={"heat", "product", "customer", "strip_width_mm"})
        with self._s.control.border() as at, self._lock:
            order = {key: known[key] or value for key, value in self._earlier_order(body).items()}
            coil = self._s.new_coil(body.coil_id, name=body.name or body.coil_id, **known | order)
            current = self._s.control.current()
            with self._s.writer.transaction() as change:
                started, is_new = change.start_coil(coil, body.given, new_pass=body.new_pass)
                if is_new and current is not None:
                    change.end_coil(current)
            if current != started.coil_id and not started.automatic:
                self._s.control.start(started, at)
        return started, is_new

    def _earlier_order(self, body: CoilStart) -> dict[str, str]:
        """The product and the customer of a coil that passes again, which choose its recipe; nothing for another."""
        passes = self._s.records.passes(body.coil_id) if body.new_pass else []
        return {"product": passes[-1].product, "customer": passes[-1].customer} if passes else {}

    def finish(self, coil_id: str) -> Coil:
        """End a coil, by its id or name. Returns it as it was. Raises ConflictError if it is over while a later pass of it runs."""
        with self._s.control.border() as at, self._lock:
            coil = self._s.records.coil(coil_id)
            newest = self._s.records.passes(coil.coil_id)[-1]
            if newest.status is Status.RUNNING and newest.coil_id != coil.coil_id:
                raise over(coil, f"its pass {newest.coil_id} runs; finish that one")
            if coil.status is Status.RUNNING:
                with self._s.writer.transaction() as change:
                    change.end_coil(coil.coil_id)
            self._s.control.finish(coil.coil_id, at)
        return coil
