"""The one composition root: configuration in, running objects out."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import structlog
import uvicorn

from skelp.api.app import create_app
from skelp.api.services import Services
from skelp.cameras import make_sources
from skelp.config import ModelChoice, StationConfig, load_recipe
from skelp.domain.coilmap import Coil
from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraView, Scale, round_up
from skelp.inference.card import STEP
from skelp.inference.segmenter import Engine, ModelFile, OnnxSegmenter
from skelp.metrics import exposition
from skelp.pipeline.coils import CoilTracker
from skelp.pipeline.inspector import Inspector
from skelp.pipeline.measure import context_lines
from skelp.pipeline.runner import Line
from skelp.sinks.crops import CropStore, Quota
from skelp.sinks.database import sqlite_url
from skelp.sinks.live import LiveStrip
from skelp.sinks.record import RecordSink
from skelp.sinks.samples import CleanSamples, Sampling
from skelp.sinks.store import Store

log = structlog.get_logger()

QUIET_S = 10.0
"""A live line from which nothing came for so long is not being inspected."""


def default_model() -> Path:
    """The model that comes with skelp: in the wheel, or in the checkout."""
    here = Path(__file__).parent
    candidates = [here / "models" / "strip-s" / "model.onnx", here.parents[1] / "models" / "strip-s" / "model.onnx"]
    return next((c for c in candidates if c.is_file()), candidates[-1])


def open_model(path: Path | None) -> ModelFile:
    """Open and verify a model file, the one that comes with skelp by default."""
    model = ModelFile.open(path or default_model())
    model.verify()
    return model


def make_segmenter(
    model: ModelFile,
    choice: ModelChoice,
    views: Sequence[CameraView],
    recipe: Recipe,
    block_lines: int,
    say: Callable[[str], None] = lambda _: None,
) -> OnnxSegmenter:
    """An engine for the full width of the widest camera, one batch over all of them, with the context that the recipe needs.

    Raises SkelpError where cameras differ in width, or where the recipe's bridge would need more context than a block has lines.
    """
    context = context_lines(recipe.bridge_mm, views, model.card.stride)
    if context > block_lines:
        mm = min(v.scale.mm_per_line for v in views)
        raise SkelpError(
            f"bridge_mm {recipe.bridge_mm:g} at {mm:g} mm a line needs {context} lines of context on either side of "
            f"each block of {block_lines}; give a bridge_mm of at most {2 * block_lines * mm:g}, "
            f"or block_lines of at least {round_up(context, STEP)}"
        )
    widths = {round_up(v.width, STEP) for v in views}
    if len(widths) > 1:
        raise SkelpError(f"cameras of different width ({sorted(v.width for v in views)} px) cannot share a batch; give them one width")
    return OnnxSegmenter(
        model,
        Engine(choice.provider, choice.precision, choice.threads, choice.cache),
        batch=len(views),
        height=block_lines + 2 * context,
        width=widths.pop(),
        say=say,
    )


def coil_maker(model: ModelFile, recipe: Recipe, mm_per_line: float) -> Callable[..., Coil]:
    """Makes coils that carry the hashes of what they are inspected with."""

    def make(coil_id: str, **more: Any) -> Coil:
        return Coil(
            coil_id=coil_id,
            name=more.pop("name", coil_id),
            started_at=datetime.now(UTC),
            mm_per_line=mm_per_line,
            strip_width_mm=more.pop("strip_width_mm", None) or recipe.strip_width_mm,
            model_name=f"{model.card.name} {model.card.version}",
            model_sha256=model.sha256,
            recipe_name=recipe.name,
            recipe_sha256=recipe.sha256,
            **more,
        )

    return make


class Station:
    """A line with its records and its server. `with Station(config) as s: s.run()`."""

    def __init__(self, config: StationConfig) -> None:
        self.config = config
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        config = self.config
        self.model = open_model(config.model.path)
        self.recipe = load_recipe(config.recipe)
        classes = self.recipe.applied_to(self.model.card.domain_classes)
        self.sources = make_sources(config.cameras, self._say)
        views = [s.view for s in self.sources]
        self.segmenter = make_segmenter(
            self.model, config.model, views, self.recipe, config.block_lines, lambda m: log.info("engine", detail=m)
        )
        log.info("provider", **asdict(self.segmenter.info))
        storage = config.storage
        self.store = Store(storage.database_url or sqlite_url(storage.folder / "skelp.db"), self.recipe)
        for coil_id in self.store.close_interrupted():
            log.warning("coil closed after an interruption, its gap is recorded", coil=coil_id)
        quota = Quota(int(storage.crops_max_gb * 2**30), int(storage.disk_min_free_gb * 2**30))
        self.crops = CropStore(storage.folder / "crops", quota, self._crops_deleted)
        self.live = LiveStrip()
        new_coil = coil_maker(self.model, self.recipe, views[0].scale.mm_per_line)
        limit = int(config.coils.automatic_max_m * 1000 / views[0].scale.mm_per_line)
        self.tracker = CoilTracker([v.camera for v in views], lambda: new_coil(_automatic_id(), automatic=True), automatic_lines=limit)
        inspector = Inspector(views, classes, self.recipe, self.segmenter.stride, lambda c: self.tracker.coil(c).strip_width_mm)
        self.samples = CleanSamples(storage.folder / "samples", _sampling(config, views[0].scale), self.model.sha256)
        sink = RecordSink(self.store, self.crops, self.live, self.tracker, self.samples)
        self.line = Line(
            self.sources,
            self.tracker,
            self.segmenter,
            inspector,
            sink,
            block_lines=config.block_lines,
            ring_frames=config.ring_frames,
            say=self._say,
        )
        self.server = self._serve(new_coil)
        self.store.say("station.started", {"model": self.model.card.name, "provider": self.segmenter.info.provider})
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.server.should_exit = True
        self._server_thread.join(timeout=5)
        self.store.close()

    @property
    def address(self) -> str:
        return f"http://{self.config.server.host}:{self.port}"

    def run(self, seconds: float | None = None) -> None:
        """Inspect until stopped (or for `seconds`), answering REST meanwhile. Raises what ended the line, if anything did.

        A strip that ends by itself leaves the station up, so that its results can be fetched.
        """
        worker = threading.Thread(target=self._run_line, name="line")
        worker.start()
        self._stop.wait(seconds)
        self.line.stop()
        worker.join()
        if self._error:
            raise self._error

    def stop(self) -> None:
        """Ordered stop, from any thread or a signal handler."""
        self._stop.set()

    def _run_line(self) -> None:
        try:
            self.line.run()
        except BaseException as error:  # noqa: BLE001 - the thread boundary: kept, and raised again by run()
            self._error = error
            self._stop.set()

    def _say(self, kind: str, data: dict[str, Any]) -> None:
        log.warning(kind, **data)
        self.store.say(kind, data)

    def _crops_deleted(self, count: int) -> None:
        log.warning("crops deleted to stay within the quota", defects=count)
        self.store.say("crops.deleted", {"defects": count, "reason": "disk quota, oldest first; their records stay"})

    def _serve(self, new_coil: Callable[..., Coil]) -> uvicorn.Server:
        services = Services(
            records=self.store,
            crops=self.crops,
            samples=self.samples,
            classes=lambda: {c.name for c in self.segmenter.classes},
            live=self.live,
            control=self.tracker,
            new_coil=new_coil,
            station=self.describe,
            ready=self.not_ready,
            metrics=lambda: exposition(self.describe()),
            strip_width_mm=self.store.width_mm,
        )
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(services),
                log_config=None,
                timeout_graceful_shutdown=2,
                ws="websockets-sansio",
                ws_per_message_deflate=False,  # JPEGs are compressed already; deflating each for each viewer cost more than making it
            )
        )
        listening = _bind(self.config.server.host, self.config.server.port)
        self.port = int(listening.getsockname()[1])
        self._server_thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="server", daemon=True)
        self._server_thread.start()
        return server

    def not_ready(self) -> str | None:
        """Why lines are not being inspected and kept, or None."""
        if self._error:
            return f"the line has stopped: {self._error}"
        picture = self.live.latest()
        if picture is None:
            return "no line has been inspected yet"
        age = (time.monotonic_ns() - picture.time_ns) / 1e9
        if age > QUIET_S and any(s.live for s in self.sources):
            return f"no line was inspected for {age:.0f} s"
        return None

    def describe(self) -> dict[str, Any]:
        """The station in words and figures, for GET /station."""
        meter, up = self.line.meter, time.monotonic() - self._started
        counts, busy = meter.counts(), meter.busy_s()
        latencies = meter.latencies_ms()
        disk = shutil.disk_usage(self.config.storage.folder)
        reason = self.not_ready()
        return {
            "name": self.config.name,
            "uptime_s": round(up, 1),
            "ready": reason is None,
            "reason": reason,
            "coil": self.tracker.current(),
            "classes": [c.name for c in self.segmenter.classes],
            "cameras": [
                {
                    "name": s.view.camera,
                    "side": s.view.side.value,
                    "width_px": s.view.width,
                    "first_column": s.view.first_column,
                    "mm_per_px": s.view.scale.mm_per_px,
                    "mm_per_line": s.view.scale.mm_per_line,
                    "live": s.live,
                }
                for s in self.sources
            ],
            "engine": asdict(self.segmenter.info),
            "model": {"name": self.model.card.name, "version": self.model.card.version, "sha256": self.model.sha256},
            "recipe": {"name": self.recipe.name, "sha256": self.recipe.sha256},
            "counts": counts,
            "busy_s": {k: round(v, 3) for k, v in busy.items()},
            "latency_ms": {"p50": _quantile(latencies, 0.5), "p99": _quantile(latencies, 0.99)},
            "queued": self.line.queued(),
            "disk": {"free_gb": round(disk.free / 2**30, 2), "crops_gb": round(self.crops.bytes_used / 2**30, 4)},
        }


def _quantile(ordered: Sequence[float], q: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(q * len(ordered)))], 2) if ordered else None


def _sampling(config: StationConfig, scale: Scale) -> Sampling:
    return Sampling(max(1, round(config.samples.every_m * 1000 / scale.mm_per_line)), config.samples.keep)


def _automatic_id() -> str:
    return f"auto-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%f')[:-3]}Z"


def _bind(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise SkelpError(f"cannot listen on {host}:{port}: {error.strerror}; another station may run there, choose another port") from error
