"""Which chunks are read from which cameras: with and without a selector of lines, and with a clock in ticks."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from genicam import genapi

from skelp.capture.genicam.chunks import Chunks
from skelp.capture.genicam.settings import CameraSettings


class Nodes:
    """The node map of a camera. `counts`: the encoder's count at each line. `selects`: by its selector of lines; None: it has none."""

    def __init__(
        self,
        counts: Sequence[int],
        *,
        selects: Sequence[str] | None = ("ChunkEncoderValue",),
        times: Sequence[int] | None = None,
        ticks_hz: int | None = None,
    ) -> None:
        self.counts, self.times, self.reads = counts, times, 0
        self._selects, self._ticks_hz = selects or (), ticks_hz
        self._has = {"ChunkScanLineSelector": selects is not None, "ChunkTimestamp": times is not None}
        self._has["GevTimestampTickFrequency"] = ticks_hz is not None
        self.ChunkScanLineSelector = SimpleNamespace(value=0)
        self.ChunkSelector = SimpleNamespace(value="", symbolics=("EncoderValue", "Timestamp"))
        self.ChunkEnable = SimpleNamespace(value=False)

    def has_node(self, name: str) -> bool:
        return self._has.get(name, False)

    def get_node(self, name: str) -> Any:
        if name == "GevTimestampTickFrequency":
            return SimpleNamespace(value=self._ticks_hz)
        return SimpleNamespace(node=SimpleNamespace(selected_features=[_feature(name) for name in self._selects]))

    @property
    def ChunkEncoderValue(self) -> SimpleNamespace:  # noqa: N802 - GenICam's name
        self.reads += 1
        return SimpleNamespace(value=self._selected(self.counts, "ChunkEncoderValue"))

    @property
    def ChunkTimestamp(self) -> SimpleNamespace:  # noqa: N802 - GenICam's name
        assert self.times is not None
        return SimpleNamespace(value=self._selected(self.times, "ChunkTimestamp"))

    def _selected(self, values: Sequence[int], name: str) -> int:
        line = self.ChunkScanLineSelector.value if name in self._selects else 0
        if line >= len(values):
            raise genapi.GenericException("no such line", "camera.cpp", 1)
        return values[line]


def _feature(name: str) -> SimpleNamespace:
    return SimpleNamespace(node=SimpleNamespace(name=name))


def chunks(nodes: Nodes, counts_per_line: float | None = 2.0, **more: Any) -> Chunks:
    known = {"producer": "x.cti", "serial": "1", "width": 64, "frame_lines": 64, "mm_per_px": 1, "mm_per_line": 1}
    return Chunks(nodes, CameraSettings.model_validate({**known, "encoder_counts_per_line": counts_per_line, **more}))


@pytest.mark.parametrize(
    ("counts", "positions", "reads"),
    [
        ([10, 12, 14, 16], [5, 6, 7, 8], 2),
        ([16, 14, 12, 10], [8, 7, 6, 5], 2),
        ([10, 12, 10, 8], [5, 6, 5, 4], 2 + 4),
        ([7], [4], 2),
    ],
)
def test_counts_of_lines_are_read_one_by_one_only_where_the_strip_turned(counts: list[int], positions: list[int], reads: int) -> None:
    nodes = Nodes(counts)
    read = chunks(nodes)
    found = read.positions(len(counts))
    assert found is not None
    assert found.tolist() == positions
    assert nodes.reads == reads
    assert read.strip_line() == positions[0]  # although another line was selected


def test_counts_per_line_that_are_no_whole_number_give_one_line_after_the_other() -> None:
    found = chunks(Nodes([int(2.5 * n) for n in range(40)]), 2.5).positions(40)
    assert found is not None
    assert found.tolist() == list(range(40))


@pytest.mark.parametrize("selects", [None, ("ChunkLineStatusAll",)])
def test_a_camera_without_a_selector_of_lines_gives_one_count_of_a_frame(selects: tuple[str, ...] | None) -> None:
    read = chunks(Nodes([10, 12, 14], selects=selects))
    assert read.positions(3) is None
    assert read.strip_line() == 5


def test_a_camera_that_sends_fewer_counts_than_lines_has_no_positions() -> None:
    assert chunks(Nodes([10, 12])).positions(3) is None


def test_without_an_encoder_there_is_neither_count_nor_time() -> None:
    read = chunks(Nodes([10, 12], times=[5, 6]), None)
    assert (read.strip_line(), read.positions(2), read.exposed_ns(2)) == (None, None, None)
    assert chunks(Nodes([10, 12]), line_rate_hz=100.0).positions(2) is None


@pytest.mark.parametrize(
    ("selects", "times", "ticks_hz", "exposed_ns"),
    [
        (("ChunkEncoderValue",), None, None, None),
        (("ChunkEncoderValue",), [700, 800], None, 700),
        (("ChunkEncoderValue", "ChunkTimestamp"), [700, 800], None, 800),
        (None, [700, 800], 125_000_000, 5600),
        (("ChunkEncoderValue", "ChunkTimestamp"), [700], None, None),
    ],
)
def test_the_cameras_clock(selects: tuple[str, ...] | None, times: list[int] | None, ticks_hz: int | None, exposed_ns: int | None) -> None:
    nodes = Nodes([10, 12], selects=selects, times=times, ticks_hz=ticks_hz)
    assert chunks(nodes).exposed_ns(2) == exposed_ns
    assert nodes.ChunkEnable.value == (times is not None)
