"""Runs the threads of a line: one for each camera, one for the network, one for the results.

    camera threads --captures--> infer thread --segmented--> record thread --> sink

Every channel is bounded. Frames are dropped in one place only: a live camera's thread drops a frame when `captures` is full, and
reports it as a loss. Its reason says what was too slow: the inspection, or the records (holdup.py). Before that, screened cameras get
no second look, and suspicious lines are degraded. Every other thread waits.
The first error closes all channels, and `run` raises it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from skelp.domain.events import Publish, nowhere
from skelp.domain.reasons import Reason
from skelp.domain.strip import Block, Capture, CoilEnd, OnCoil, OwnLine, SharedLine, Travelling
from skelp.pipeline.align import Aligner
from skelp.pipeline.blocks import Blocker, BlockItem
from skelp.pipeline.channel import Channel, ClosedError
from skelp.pipeline.coils import CoilTracker
from skelp.pipeline.holdup import Backlog, Holdup, WhySlow, records_slow
from skelp.pipeline.inspector import Inspector, Segmented
from skelp.pipeline.intake import Intake
from skelp.pipeline.limits import Limits
from skelp.pipeline.line_states import LineStates, Passed
from skelp.pipeline.looking import Looked
from skelp.pipeline.meter import Meter
from skelp.pipeline.networks import Networks
from skelp.pipeline.shadow import Shadow
from skelp.ports import FrameSource, Sink

_IDLE_S = 0.2
_FOLLOWER_S = 10.0
"""How long the end of a line waits for its shadow, which may be looking at its last blocks."""


class Batcher:
    """Runs the blocks of all cameras through their networks in one batch. Losses and coil ends stay in order between the blocks."""

    def __init__(self, networks: Networks, batch: int, meter: Meter, behind: Callable[[], bool]) -> None:
        """`behind`: whether the line is too fast for second looks."""
        self._networks, self._batch, self._meter, self._behind = networks, batch, meter, behind
        self._waiting: list[BlockItem] = []

    def push(self, items: Iterable[BlockItem]) -> Iterable[Segmented | OnCoil | CoilEnd]:
        """Add items. Yields all waiting items when a batch is full."""
        for item in items:
            self._waiting.append(item)
            if sum(isinstance(w, Block) for w in self._waiting) >= self._batch:
                yield from self.flush()

    def flush(self) -> Iterable[Segmented | OnCoil | CoilEnd]:
        """Run the batch as it is, and yield all waiting items."""
        waiting, self._waiting = self._waiting, []
        blocks = [w for w in waiting if isinstance(w, Block)]
        answers: Iterator[Looked] = iter(())
        if blocks:
            with self._meter.stage("infer"):
                answers = iter(list(self._networks.at(blocks, hurried=self._behind())))
        for item in waiting:
            yield Segmented(item, *next(answers)) if isinstance(item, Block) else item


class Line:
    """Runs the stages from sources to sink until all sources end or `stop` is called. A line runs once."""

    def __init__(
        self,
        sources: Sequence[FrameSource],
        tracker: CoilTracker,
        networks: Networks,
        inspector: Inspector,
        sink: Sink,
        limits: Limits,
        *,
        meter: Meter | None = None,
        publish: Publish = nowhere,
        why_slow: WhySlow = records_slow,
    ) -> None:
        self._aligner = Aligner({s.view.camera: s.view.behind_lines for s in sources}, time.monotonic(), publish=publish)
        for source in sources:
            if not source.live:
                self._aligner.ended(source.view.camera)
        self._sources, self.tracker = sources, tracker
        self.networks, self._inspector, self._sink = networks, inspector, sink
        self.meter = meter or Meter()
        self._holdup = Holdup(why_slow)
        self._stop = threading.Event()
        self._captures: Channel[Capture[OwnLine]] = Channel(limits.ring_frames * len(sources))
        self._backlog = Backlog(limits.ring_frames * len(sources))
        self._segmented: Channel[Segmented | OnCoil | CoilEnd | Passed] = Channel(4)
        live = {s.view.camera for s in sources if s.live}
        self.states = LineStates([s.view for s in sources], live, limits.running_from_m_s, lambda: self.again_lines)
        self._intakes = {
            s.view.camera: Intake(
                self._captures,
                self.meter,
                live=s.live,
                exposed=self._exposed,
                why_dropped=self._why_dropped,
                announced=lambda: self.tracker.announced,
            )
            for s in sources
        }
        context, self._block_lines = inspector.context, limits.block_lines
        self._blockers = {
            s.view.camera: Blocker(s.view.camera, s.view.width, block_lines=limits.block_lines, context=context) for s in sources
        }
        self._running_sources = len(sources)
        self._lock = threading.Lock()
        self._error: BaseException | None = None
        self._shadow: Shadow | None = None

    def follow(self, shadow: Shadow) -> None:
        """Offer all that is inspected to a shadow, too. Call it before `run`."""
        self._shadow = shadow

    def run(self) -> None:
        """Run until every line is in a ledger. Raises the first error of any thread."""
        work: list[tuple[str, Callable[[], None]]] = [("infer", self._infer), ("record", self._record)]
        work += [(f"capture-{s.view.camera}", partial(self._capture, s)) for s in self._sources]
        threads = [threading.Thread(target=self._guard, args=(body,), name=name) for name, body in work]
        follower = threading.Thread(target=self._shadow.run, name="shadow", daemon=True) if self._shadow else None
        if follower is not None:
            follower.start()
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException:  # Ctrl-C in this thread: end the other threads before raising
            self._abort()
            for thread in threads:
                thread.join()
            raise
        if self._shadow is not None and follower is not None:
            self._shadow.close()
            follower.join(_FOLLOWER_S)
        self._sink.close()
        if self._error:
            raise self._error

    def stop(self) -> None:
        """Stop the cameras. Frames that they have delivered are still inspected and stored."""
        self._stop.set()

    def stuck(self) -> Reason | None:
        """Why results have not been stored for seconds; None if nothing is wrong."""
        return self._holdup.stuck()

    @property
    def block_height(self) -> tuple[int, int]:
        """Lines of a block with its context, and lines of context above and below."""
        return self._block_lines + 2 * self._inspector.context, self._inspector.context

    @property
    def has_time(self) -> bool:
        """Whether frames would be kept if the network were held up for a moment: few wait, or the cameras wait for the inspection."""
        return self._captures.is_nearly_empty or not any(s.live for s in self._sources)

    @property
    def again_lines(self) -> int:
        """How many lines of steel a camera has seen again, if the strip is back now; else 0."""
        return max(intake.again_lines for intake in self._intakes.values())

    def queued(self) -> dict[str, int]:
        """Items in each channel, by its name."""
        return {"captures": len(self._captures), "segmented": len(self._segmented)}

    def _guard(self, body: Callable[[], None]) -> None:
        try:
            body()
        except ClosedError:
            pass  # another thread failed and has stored its error
        except BaseException as error:  # noqa: BLE001 - the thread boundary: run() raises it again
            with self._lock:
                self._error = self._error or error
            self._abort()

    def _abort(self) -> None:
        self._stop.set()
        self._captures.abort()
        self._segmented.abort()

    def _capture(self, source: FrameSource) -> None:
        intake = self._intakes[source.view.camera]
        with source:
            for capture in source.captures():
                if capture is not None:
                    self._aligner.capture_arrived(source.view.camera, time.monotonic())
                    intake.push(capture)
                else:
                    intake.idle()
                if self._stop.is_set():
                    break
        intake.close()
        self._aligner.ended(source.view.camera)
        with self._lock:
            self._running_sources -= 1
            if self._running_sources == 0:
                self._captures.close()

    def _exposed(self, capture: Capture[OwnLine]) -> None:
        if (end := self._aligner.exposed(capture)) is not None:
            self.tracker.record_exposed(end)

    def _why_dropped(self) -> Reason | None:
        """The reason if results wait for the records; None if the inspection is slower than the line."""
        reason = self._holdup.cause() if self._segmented.is_full or self.tracker.waits else None
        if reason is not None:
            self._backlog.grew(reason)
        return reason or self._backlog.reason

    def _infer(self) -> None:
        batcher = Batcher(self.networks, len(self._sources), self.meter, self._behind)
        while True:
            try:
                capture = self._captures.get(_IDLE_S)
            except ClosedError:
                break
            if capture is not None:
                self._backlog.passed()
                self._to_coils(batcher, self._aligner.push(capture))
            self._to_coils(batcher, self._aligner.silent_losses(time.monotonic()))
            if capture is None:
                self._to_blocks(batcher, self.tracker.ends_at_border())
                self._tell(self.states.idle(time.monotonic_ns()))
            if len(self._captures) == 0:
                self._forward(batcher.flush())
        for blocker in self._blockers.values():
            self._forward(batcher.push(blocker.flush()))
        for end in self.tracker.remaining_ends(stopped=self._stop.is_set()):
            self._tell(self.states.push(end))
            self._forward(batcher.push([end]))
        self._forward(batcher.flush())
        self._segmented.close()

    def _behind(self) -> bool:
        """Whether frames of live cameras will soon be dropped because the inspection is too slow.

        It is not if results wait for the records. Cameras that are not live wait until their frames are wanted.
        """
        waits_for_records = self._segmented.is_full or self._backlog.reason is not None
        return self._captures.is_filling and not waits_for_records and all(s.live for s in self._sources)

    def _to_coils(self, batcher: Batcher, captures: Iterable[Capture[SharedLine]]) -> None:
        for capture in captures:
            self._to_blocks(batcher, self.tracker.place(capture))

    def _to_blocks(self, batcher: Batcher, placed: Iterable[Travelling]) -> None:
        for item in placed:
            self._tell(self.states.push(item))
            with self.meter.stage("block"):
                blocks = list(self._blockers[_camera(item)].push(item))
            self._forward(batcher.push(blocks))

    def _tell(self, passed: Passed | None) -> None:
        if passed is not None:
            self._segmented.put(passed)

    def _forward(self, items: Iterable[Segmented | OnCoil | CoilEnd]) -> None:
        for item in items:
            if self._shadow is not None:
                self._shadow.offer(item)
            self._segmented.put(item)

    def _record(self) -> None:
        while True:
            try:
                item = self._segmented.get(_IDLE_S)
            except ClosedError:
                break
            if item is None:
                with self._holdup.storing():
                    self._sink.write([])  # the line is idle: the sink stores what it has buffered
                continue
            with self.meter.stage("inspect"), self._holdup.inspecting():
                outcome = self._inspector.push(item)
            with self.meter.stage("store"), self._holdup.storing():
                self._sink.write([outcome])
            self.meter.count("defects", sum(not d.is_mark for d in outcome.defects))
            self.meter.count_lines(outcome.lines)
            if isinstance(item, Segmented):
                self.meter.count("lines_segmented", item.block.lines)
            if outcome.time_ns:
                self.meter.add_latency((time.monotonic_ns() - outcome.time_ns) / 1e9)


def _camera(item: Travelling) -> str:
    return item.camera if isinstance(item, CoilEnd) else item.capture.camera
