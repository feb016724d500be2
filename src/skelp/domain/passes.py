"""A coil that passes the cameras again: the ids of its passes, and what may be started (ADR 14).

Pass 1 has the id that the MES gave, such as P1. Later passes are P1~2, P1~3. The MES cannot give an id with `~`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from skelp.domain.coilmap import Coil, Status
from skelp.domain.conflicts import Conflict, ConflictError

_PASSES_AGAIN = (
    'if the same coil passes again, send "new_pass": true for its next pass, and if this is another coil, give it another coil_id'
)
MARK = "~"
"""Stands between the id of the first pass and the number of a later pass. It needs no encoding in a URL (RFC 3986)."""


def first_id(coil_id: str) -> str:
    """The id of a coil's first pass, from the id of any of its passes."""
    return coil_id.partition(MARK)[0]


def to_start(coil: Coil, passes: Sequence[Coil], given: Mapping[str, Any], *, new_pass: bool) -> Coil | None:
    """The pass to start, or None if the newest pass is the coil that was announced, so that nothing changes.

    `passes`: the recorded passes of the coil, in order; empty for a new coil. `given`: the fields that the request has. Raises
    ConflictError if the request would put steel on a coil that is over, or that differs from the announced one.
    """
    newest = passes[-1] if passes else None
    if newest is None:
        return coil  # also with new_pass: the first pass was on another station, and a refusal would leave the steel on another coil
    if not new_pass and (newest.status is not Status.RUNNING or newest.pass_number > 1):
        raise over(passes[0])
    if newest.status is not Status.RUNNING:
        return _after(newest, coil, given)
    if new_pass and newest.pass_number == 1:
        raise ConflictError(
            Conflict.STILL_RUNNING, f"the first pass of coil {newest.coil_id} still runs; finish it, then start the next pass"
        )
    _refuse_differences(newest, given)
    return None


def over(coil: Coil, what_to_do: str = _PASSES_AGAIN) -> ConflictError:
    """The error of a request about the running coil that names a pass which is over."""
    return ConflictError(Conflict.COIL_OVER, f"coil {coil.coil_id} is over ({coil.status}); {what_to_do}")


def _after(newest: Coil, coil: Coil, given: Mapping[str, Any]) -> Coil:
    """The pass after one that is over. Name, heat, product and customer that are not given are those of the pass before."""
    number = newest.pass_number + 1
    kept = {name: getattr(newest, name) for name in ("name", "heat", "product", "customer") if name not in given}
    return replace(coil, coil_id=f"{first_id(newest.coil_id)}{MARK}{number}", pass_number=number, **kept)


def _refuse_differences(running: Coil, given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        recorded = getattr(running, name)
        if value != recorded:
            raise ConflictError(
                Conflict.COIL_DIFFERS,
                f"coil {running.coil_id} runs with {name} {recorded!r}, not {value!r}; if it is the same coil, "
                f"{_correction(name, running.coil_id)}, and if it is another one, give it another coil_id",
            )


def _correction(name: str, coil_id: str) -> str:
    if name == "strip_width_mm":
        return "repeat the request without strip_width_mm, which cannot change while the coil runs"
    return f"correct it with PATCH /coils/{coil_id}"
