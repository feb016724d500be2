"""A coil that has passed, as the station gives it: what a result is made of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from skelp_client import Coil
from skelp_client.reading import read
from skelp_languages.opcua.machine_vision import ResultState


@dataclass(frozen=True, slots=True)
class Finished:
    """A coil and its record, the JSON of the station's REST, with fields that this client does not know yet."""

    coil: Coil
    record: str

    @classmethod
    def of(cls, document: Any) -> Finished:
        """Of a document of the station's REST. Raises NotUnderstood."""
        return cls(read(Coil, document), json.dumps(document, ensure_ascii=False, separators=(",", ":")))

    @property
    def has_result(self) -> bool:
        """Whether it has passed; a running coil has no result."""
        return self.coil.status != "running"

    @property
    def is_partial(self) -> bool:
        """Whether its last results are still to come."""
        return self.coil.status != "final"

    @property
    def state(self) -> ResultState:
        """What OPC 40100-1 calls its state."""
        if self.is_partial:
            return ResultState.PROCESSING
        return ResultState.ABORTED if self.coil.interrupted else ResultState.COMPLETED
