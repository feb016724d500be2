"""The composition root: makes a running station from its configuration."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from types import TracebackType
from typing import Self

import structlog

from skelp.api.app import create_app
from skelp.api.rights import STATION
from skelp.api.services import Services
from skelp.cameras import make_sources
from skelp.config import StationConfig, load_codes, load_rolls
from skelp.domain.coilmap import Coil
from skelp.domain.common_codes import CommonCodes
from skelp.domain.errors import SkelpError
from skelp.domain.events import CropsDeleted, Payload, Publish, StationStarted
from skelp.domain.nameplate import ModelFacts
from skelp.domain.reasons import NoLineYet, PicturesDeleted, Reason, StationQuiet, StationStopped
from skelp.domain.recipe import Recipe
from skelp.domain.status import CameraStatus, RecipeId, StationStatus
from skelp.domain.strip import Scale
from skelp.metrics import exposition
from skelp.model import AutomaticIds, coil_maker, facts_of, open_model
from skelp.pipeline.assembly import Limits, assemble
from skelp.ports import FrameSource, RecordChanges
from skelp.recipe_shelf import RecipeShelf
from skelp.render.words import in_words
from skelp.server import WebServer, callers_of, guarded_server
from skelp.sinks.coded import coded
from skelp.sinks.connection_board import ConnectionBoard
from skelp.sinks.courier import Courier
from skelp.sinks.crops import CropStore, Quota
from skelp.sinks.live import LiveStrip
from skelp.sinks.outbox import Outbox
from skelp.sinks.record import RecordSink
from skelp.sinks.retention import Retention, Rules
from skelp.sinks.samples import CleanSamples, Sampling
from skelp.sinks.sql import Place
from skelp.sinks.storage import open_storage
from skelp.swapping.exchange import Exchange, ExchangeRules, model_changed, standing
from skelp.swapping.following import follow
from skelp.swapping.opening import Held, Opener, identity
from skelp.swapping.watch import Watch
from skelp.webhooks import made_hook

log = structlog.get_logger()

QUIET_AFTER_S = 10.0
"""If no picture came from a live line for this time, the station is not ready."""


class Station:
    """A line with its records and its server: `with Station(config) as s: s.run()`."""

    def __init__(self, config: StationConfig) -> None:
        self.config = config
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self._assemble(opened)
            self._opened = opened.pop_all()
        return self

    def _assemble(self, opened: ExitStack) -> None:
        config, storage = self.config, self.config.storage
        self.model = open_model(config.model.path)
        rolls, codes = load_rolls(config.rolls), load_codes(config.codes, [c.name for c in self.model.card.classes])
        self.recipes = RecipeShelf(config.recipe, config.recipes, self._check_recipe)  # raises before anything is changed
        self.recipe, line_recipe = self.recipes.book.default, self.recipes.book.line
        place = Place(config.plant, config.line, {c.name: c.side for c in config.cameras})
        storage_of_station = open_storage(storage.folder, storage.database_url, self.recipe, config.name, place)
        self.database = opened.enter_context(storage_of_station)
        self.feed_id = self.database.reader.feed_id()
        outbox = Outbox()
        publish = _logged(outbox.put)
        self.sources = make_sources(config.cameras, publish)
        views = [s.view for s in self.sources]
        opener = Opener(
            config.model, views, line_recipe, config.block_lines, lambda m: log.info("engine", detail=m), lambda: self.recipes.book.all
        )
        rules = ExchangeRules(config.model.folder, config.model.most_slower)
        own = Held("", self.model, opener.network(self.model))
        log.info("provider", **asdict(own.network.looking.info))
        chosen, before = (*self.database.reader.chosen_models(limit=2), None, None)[:2]
        first, refused = standing(own, chosen, opener, rules)
        watch = Watch(config.model.watch.band, self.database.reader)
        self.exchange = Exchange(own, first, opener, self.database.writer, rules, watch)
        with self.database.writer.transaction() as change:
            interrupted = change.close_interrupted()
            self._keep(change, first, codes)
        for coil_id in interrupted:
            log.warning("coil made final after an interruption, with its lost lines", coil=coil_id)
        quota = Quota(int(storage.crops_max_gb * 2**30), int(storage.disk_min_free_gb * 2**30))
        self.crops = CropStore(storage.folder / "crops", quota, lambda count: publish(CropsDeleted(count, PicturesDeleted(count))))
        self.live = LiveStrip()
        automatic_id, make_coil = AutomaticIds(), coil_maker(self.model, self.recipes.of, views[0].scale.mm_per_line, codes)
        limit = int(config.coils.automatic_max_m * 1000 / views[0].scale.mm_per_line)
        self.samples = CleanSamples(storage.folder / "samples", _sampling(config, views[0].scale))
        self.line = assemble(
            self.sources,
            first.network,
            line_recipe,
            lambda: make_coil(automatic_id(), automatic=True),
            lambda coils: coded(RecordSink(self.database.writer, self.crops, self.live, coils, self.samples, outbox), codes),
            Limits(config.block_lines, config.ring_frames, limit, config.running_from_m_s),
            publish=publish,
            why_slow=self.database.writer.why_slow,
            rolls=rolls,
            changed=lambda *coil_and_networks: publish(model_changed(*coil_and_networks)),
            recipe_of=self.recipes.inspecting,
        )
        if config.model.shadow is not None:
            shadow = config.model.shadow
            follow(self.line, shadow, self.model, first.network, opener, self.database.writer, self.recipes.inspecting)
        opened.enter_context(self.exchange.on(self.line, chosen if first is not own else None, before))
        hooks = [made_hook(w) for w in config.webhooks]
        self.webhooks = [Courier(hook, config.name, self.database.reader, self.database.writer) for hook in hooks]
        for webhook in self.webhooks:
            opened.enter_context(webhook)
        self.connections = opened.enter_context(ConnectionBoard(self.database.reader, self.database.writer))
        self.new_coil: Callable[..., Coil] = lambda coil_id, **more: self.line.networks.chosen.named_in(make_coil(coil_id, **more))
        self.server = self._made_server()
        self.server.start()
        opened.callback(self.server.stop)
        old = Rules(storage.retention.defects_years, storage.retention.events_years)
        opened.enter_context(Retention(self.database.reader, self.database.writer, old))
        with self.database.writer.transaction() as change:
            change.publish(StationStarted(first.id.name, first.network.looking.info.provider))
            if refused is not None:
                change.publish(refused)

    def _check_recipe(self, recipe: Recipe) -> None:
        """Raise SkelpError if the station's model or its cameras cannot be used with a recipe."""
        self.model.check_recipe(recipe)
        recipe.check_sides({camera.side for camera in self.config.cameras})

    def _keep(self, change: RecordChanges, first: Held, codes: CommonCodes | None) -> None:
        """Store what coils will name: the model's classes, recipes and common codes."""
        change.add_model(first.known)
        for recipe in self.recipes.book.others:
            change.add_recipe(recipe)
        if codes is not None:
            change.add_codes(codes)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._opened.close()

    @property
    def address(self) -> str:
        """The URL of the server."""
        return self.server.address

    def run(self, seconds: float | None = None) -> None:
        """Inspect and serve REST until `stop` is called, or for `seconds`. Raises the error that ended the line.

        If the sources end by themselves, the station continues to serve their results.
        """
        worker = threading.Thread(target=self._run_line, name="line")
        worker.start()
        self._stop.wait(seconds)
        self.line.stop()
        worker.join()
        if self._error:
            raise self._error

    def stop(self) -> None:
        """Let `run` stop in order. Any thread or signal handler may call this."""
        self._stop.set()

    def _run_line(self) -> None:
        try:
            self.line.run()
        except BaseException as error:  # noqa: BLE001 - the thread boundary: run() raises it again
            self._error = error
            with suppress(SkelpError):  # the database may be the cause
                self.exchange.line_failed(error)
            self._stop.set()

    def _made_server(self) -> WebServer:
        wanted, access = self.config.server, self.database.access
        asking = callers_of(wanted, access)
        services = Services(
            records=self.database.reader,
            writer=self.database.writer,
            crops=self.crops,
            samples=self.samples,
            classes=lambda: {c.name for c in self.line.networks.chosen.classes},
            recipes=self.recipes,
            live=self.live,
            control=self.line.tracker,
            new_coil=self.new_coil,
            status=self.status,
            not_ready=self.not_ready,
            metrics=self._metrics,
            people=asking.people,
            audit=access.audit,
            webhooks=self.webhooks,
            models=self.exchange,
            connections=self.connections,
            nameplate=self.config.nameplate.nameplate if self.config.nameplate else None,
            about_model=self._about_model,
            stopping=self._stop,
        )
        return guarded_server(create_app(services), wanted, access, asking, STATION)

    def _about_model(self, sha256: str) -> ModelFacts | None:
        model = self.exchange.model_of(sha256)
        return None if model is None else facts_of(model)

    def _metrics(self) -> bytes:
        certificate = self.server.certificate
        return exposition(self.status(), certificate.facts.ends_at if certificate else None)

    def not_ready(self) -> Reason | None:
        """Why lines are not inspected or results are not stored; None if the station is ready."""
        if self._error:
            return StationStopped(in_words(self._error))
        if stuck := self.line.stuck():
            return stuck
        picture = self.live.latest()
        if picture is None:
            return NoLineYet()
        age = (time.monotonic_ns() - picture.time_ns) / 1e9
        if age > QUIET_AFTER_S and any(s.live for s in self.sources):
            return StationQuiet(round(age))
        return None

    def status(self) -> StationStatus:
        """The current status."""
        meter, latencies = self.line.meter, self.line.meter.latencies_ms()
        network = self.line.networks.running
        disk = shutil.disk_usage(self.config.storage.folder)
        return StationStatus(
            name=self.config.name,
            plant=self.config.plant,
            line=self.config.line,
            feed_id=self.feed_id,
            uptime_s=round(time.monotonic() - self._started, 1),
            not_ready=self.not_ready(),
            coil=self.line.tracker.current(),
            line_now=self.line.states.now,
            classes=tuple(c.name for c in network.classes),
            marks=tuple(c.name for c in network.classes if c.pseudo),
            cameras=tuple(_camera_status(s) for s in self.sources),
            engine=network.looking.info,
            model=network.model or identity(self.model),
            recipe=RecipeId(self.recipe.name, self.recipe.sha256),
            counts=meter.counts(),
            lines=meter.lines(),
            busy_s={k: round(v, 3) for k, v in meter.busy_s().items()},
            latency_p50_ms=_quantile(latencies, 0.5),
            latency_p99_ms=_quantile(latencies, 0.99),
            queued=self.line.queued(),
            disk_free_gb=round(disk.free / 2**30, 2),
            crops_gb=round(self.crops.bytes_used / 2**30, 4),
        )


def _camera_status(source: FrameSource) -> CameraStatus:
    view = source.view
    scale = view.scale
    return CameraStatus(view.camera, view.side, view.width, view.first_column, scale.mm_per_px, scale.mm_per_line, source.live)


def _quantile(ordered: Sequence[float], q: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(q * len(ordered)))], 2) if ordered else None


def _sampling(config: StationConfig, scale: Scale) -> Sampling:
    return Sampling(max(1, round(config.samples.every_m * 1000 / scale.mm_per_line)), config.samples.keep)


def _logged(publish: Publish) -> Publish:
    """The same function, which also logs."""

    def logged(payload: Payload) -> None:
        log.warning(payload.kind, **payload.data)
        publish(payload)

    return logged
