"""What the routers are given: ports and two callables, put together by skelp.app."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from skelp.domain.coilmap import Coil
from skelp.ports import CoilControl, CropFiles, LiveSlot, RecordReader, RecordWriter, SampleFiles


@dataclass(frozen=True, slots=True)
class Services:
    """`station()` describes the station; `ready()` is None or why it is not; `metrics()` is Prometheus text;
    `classes()` are the names that a defect may be relabelled to."""

    records: RecordReader
    writer: RecordWriter
    crops: CropFiles
    samples: SampleFiles
    classes: Callable[[], Collection[str]]
    live: LiveSlot
    control: CoilControl
    new_coil: Callable[..., Coil]
    station: Callable[[], dict[str, Any]]
    ready: Callable[[], str | None]
    metrics: Callable[[], bytes]
