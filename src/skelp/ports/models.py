"""The change of a line's model."""

from __future__ import annotations

from typing import Protocol

from skelp.domain.models import ModelsStatus


class ModelSwitch(Protocol):
    """Changes the model of the coils that begin later.

    `ask` and `roll_back` return at once; `status` says how the request goes. Both raise ConflictError if another request is being tried, or
    if there is nothing to choose; `ask` raises LookupError if there is no such file.
    """

    def status(self) -> ModelsStatus: ...
    def ask(self, file: str, *, watch: bool) -> None: ...
    def roll_back(self) -> None: ...
