"""The services that the routers use. skelp.app puts them together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from skelp.api.callers import People
from skelp.domain.coilmap import Coil
from skelp.domain.nameplate import ModelFacts, Nameplate
from skelp.domain.reasons import Reason
from skelp.domain.status import StationStatus
from skelp.ports import (
    AuditLog,
    CoilControl,
    ConnectionKeeper,
    CropFiles,
    LiveItems,
    ModelSwitch,
    Recipes,
    RecordReader,
    RecordWriter,
    SampleFiles,
    Webhook,
)


@dataclass(frozen=True, slots=True)
class Services:
    """Ports and functions of a station.

    `classes()`: names to which a defect may be relabelled. `not_ready()`: why lines are not inspected or results are not stored, or None.
    `metrics()`: Prometheus text. `audit`: who changed what. `models`: changes the line's model.
    `connections`: those to the plant's systems.
    `nameplate`: who made the station; None if nobody said so. `about_model()`: what the card of the model with a hash says, or None.
    `people`: those who log in; None if the station asks nobody who they are.
    `stopping` is set when the server stops.
    """

    records: RecordReader
    writer: RecordWriter
    crops: CropFiles
    samples: SampleFiles
    classes: Callable[[], Collection[str]]
    recipes: Recipes
    live: LiveItems
    control: CoilControl
    new_coil: Callable[..., Coil]
    status: Callable[[], StationStatus]
    not_ready: Callable[[], Reason | None]
    metrics: Callable[[], bytes]
    audit: AuditLog
    models: ModelSwitch
    connections: ConnectionKeeper
    people: People | None = None
    nameplate: Nameplate | None = None
    about_model: Callable[[str], ModelFacts | None] = lambda _: None
    webhooks: Sequence[Webhook] = ()
    stopping: threading.Event = field(default_factory=threading.Event)
