"""What the routers are given: ports and two callables, put together by skelp.app."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from skelp.domain.coilmap import Coil
from skelp.domain.reasons import Reason
from skelp.domain.status import StationStatus
from skelp.ports import CoilControl, CropFiles, LiveItems, RecordReader, RecordWriter, SampleFiles


@dataclass(frozen=True, slots=True)
class Services:
    """`not_ready()` is None, or why lines are not inspected and kept; `metrics()` is Prometheus text.

    `classes()` are the names that a defect may be relabelled to.
    """

    records: RecordReader
    writer: RecordWriter
    crops: CropFiles
    samples: SampleFiles
    classes: Callable[[], Collection[str]]
    live: LiveItems
    control: CoilControl
    new_coil: Callable[..., Coil]
    status: Callable[[], StationStatus]
    not_ready: Callable[[], Reason | None]
    metrics: Callable[[], bytes]
