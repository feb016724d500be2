"""Exchanges the model of a running line: opens the new one beside it, and gives it the coils that begin later.

asked --opened, checked, timed--> chosen --next coil--> running --rolled back by a person or by its rates--> the one before
          refused, and the one on the line goes on
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from skelp.domain.coilmap import Coil
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.errors import SkelpError
from skelp.domain.events import ModelChanged, ModelRefused, ModelRolledBack, Payload
from skelp.domain.models import ChosenModel, ModelRefusal, ModelsStatus, Why
from skelp.domain.moments import now
from skelp.domain.reasons import ModelCannotRun, ModelGone, ModelLineBusy, ModelNotStored, Reason
from skelp.inference.card import CardError
from skelp.inference.model_file import ORT_ERRORS, ModelError, ModelFile
from skelp.pipeline.networks import Network, Networks
from skelp.pipeline.runner import Line
from skelp.ports import RecordWriter
from skelp.render.words import sentence
from skelp.swapping.opening import Held, Opener, RefusedError, read
from skelp.swapping.timing import blocks_to_time, refused_as_slower
from skelp.swapping.watch import Watch

PATIENCE_S = 60.0
"""The line must have time for the trial of a model within this time."""
LOOK_EVERY_S = 5.0
_PAUSE_S = 0.02
_NETWORK_FAULTS: tuple[type[Exception], ...] = (CardError, ModelError, *ORT_ERRORS)
_FAULTS: tuple[type[Exception], ...] = (SkelpError, *ORT_ERRORS)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ExchangeRules:
    """`folder`: the models that may be asked for; None: none. `most_slower`: a model may take so many times as long as the one on the line.

    `patience_s`, `look_every_s`: how long a trial waits for the line, and how often the rates of a new model are looked at.
    """

    folder: Path | None
    most_slower: float
    patience_s: float = PATIENCE_S
    look_every_s: float = LOOK_EVERY_S

    def files(self) -> list[str]:
        """The models in the folder. A link that leads out of it is none."""
        if self.folder is None:
            return []
        home = self.folder.resolve()
        return sorted(f.name for f in home.glob("*.onnx") if f.is_file() and f.resolve().parent == home)


class Exchange:
    """Satisfies ports.ModelSwitch between `__enter__` and `__exit__`. Any thread may call it. `own`: the station file's model."""

    def __init__(self, own: Held, chosen: Held, opener: Opener, writer: RecordWriter, rules: ExchangeRules, watch: Watch) -> None:
        self._own, self._opener, self._writer, self._rules, self._watch = own, opener, writer, rules, watch
        self._lock, self._choosing = threading.Lock(), threading.RLock()
        self._stop = threading.Event()
        self._chosen, self._previous = chosen, own if chosen is not own else None
        self._watched: ChosenModel | None = None
        self._before = own.id.sha256
        self._trying: str | None = None
        self._refusal: ModelRefusal | None = None
        self._worker: threading.Thread | None = None
        self._watcher = threading.Thread(target=self._keep_watch, name="model watch", daemon=True)
        self._line: Line

    def on(self, line: Line, since: ChosenModel | None, before: ChosenModel | None = None) -> Self:
        """The line whose model is exchanged. `since`: the choice that stands since before the start, if there is one; `before`: the one
        before that. A watch goes on as if the station had not stopped: it compares with the coils of the model that ran before.
        """
        self._line = line
        if before is not None and before.station_sha256 == self._own.id.sha256:
            self._before = before.model.sha256
        if since is not None and since.why is Why.ASKED:
            self._watched = since
        return self

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._watcher.join()
        if self._worker is not None:
            self._worker.join(timeout=10)  # it may be opening a network, which nothing can interrupt

    def status(self) -> ModelsStatus:
        with self._lock:
            running, previous = self._networks.running.model, self._previous
            return ModelsStatus(
                running or self._chosen.id,
                self._chosen.id,
                previous.id if previous else None,
                self._trying,
                self._refusal,
                tuple(self._rules.files()),
                self._watched is not None,
            )

    def model_of(self, sha256: str) -> ModelFile | None:
        """The model with this hash; None if it is neither on the line nor the one before, nor the station file's."""
        with self._lock:
            held = (self._chosen, self._previous, self._own)
        return next((h.model for h in held if h and h.model.sha256 == sha256), None)

    def ask(self, file: str, *, watch: bool) -> None:
        if self._rules.folder is None:
            raise ConflictError(
                Conflict.NO_MODEL_FOLDER, "this station takes no model while it runs; name a folder of models in its file ([model] folder)"
            )
        if file not in self._rules.files():  # which also keeps every path out of it
            raise LookupError(f"there is no model {file!r} in the station's folder of models")
        path = self._rules.folder / file
        self._begin(file, lambda: self._try(file, path, Why.ASKED if watch else Why.UNWATCHED))

    def roll_back(self) -> None:
        with self._lock:
            previous = self._previous
        if previous is None:
            raise ConflictError(Conflict.NO_MODEL_BEFORE, "there is no model before the one on the line; ask for one by its file")
        self._begin(previous.file, lambda: self._go_back(previous))

    def line_failed(self, error: BaseException) -> None:
        """If the network on the line failed, choose the model before it, so that the station starts with that one. Raises SkelpError."""
        with self._lock:
            chosen, previous = self._chosen, self._previous
        failed = self._networks.failed
        if previous is None or not isinstance(error, _NETWORK_FAULTS) or failed not in (None, chosen.network):
            return  # the chosen one is not at fault: no coil had it yet, or one of the model before was still passing
        self._choose(previous, Why.FAILED)
        self._publish(ModelRolledBack(chosen.id.title, chosen.id.sha256, previous.id.title, ModelCannotRun(str(error))))

    @property
    def _networks(self) -> Networks:
        return self._line.networks

    def _begin(self, file: str, work: Callable[[], None]) -> None:
        with self._lock:
            if self._trying is not None:
                raise ConflictError(Conflict.MODEL_BUSY, f"model {self._trying!r} is being tried; wait until that has ended")
            self._trying, self._refusal = file, None
            self._worker = threading.Thread(target=self._guarded, args=(file, work), name="model exchange", daemon=True)
            self._worker.start()

    def _guarded(self, file: str, work: Callable[[], None]) -> None:
        try:
            work()
        except RefusedError as error:
            self._refuse(file, error.why)
        except _FAULTS as error:
            self._refuse(file, ModelCannotRun(str(error)))
        finally:
            with self._lock:
                self._trying = None

    def _refuse(self, file: str, why: Reason) -> None:
        with self._lock:
            self._refusal = ModelRefusal(file, why, now())
        self._publish(ModelRefused(file, why))

    def _publish(self, payload: Payload) -> None:
        log.warning(payload.kind, **payload.data)
        try:
            with self._writer.transaction() as change:
                change.publish(payload)
        except SkelpError as error:
            log.warning("an event was not stored", kind=payload.kind, why=str(error))

    def _try(self, file: str, path: Path, why: Why) -> None:
        """Open a model, check it, compare its speed, and choose it. Raises RefusedError."""
        on_line = self._chosen
        self._wait()
        model = read(path)
        if model.sha256 == on_line.model.sha256:
            return
        self._opener.check(model, on_line.model)
        self._wait()
        network = self._opener.beside(model, on_line.network)
        self._wait()
        twin = self._opener.beside(on_line.model, on_line.network)  # the one on the line has no time for a trial
        height, context = self._line.block_height
        blocks = blocks_to_time(self._opener.views, height, context)
        if slower := refused_as_slower(network.looking, twin.looking, blocks, self._rules.most_slower, self._wait):
            raise RefusedError(slower)
        self._choose(Held(file, model, network), why)

    def _wait(self) -> None:
        """Wait until the line has time. Raises RefusedError if it has none for long, or if the station stops."""
        waited = 0.0
        self._stop.wait(_PAUSE_S)  # threads of ONNX Runtime go on for a moment after a run
        while not self._line.has_time and waited < self._rules.patience_s:
            waited += _PAUSE_S
            if self._stop.wait(_PAUSE_S):
                break
        if self._stop.is_set() or waited >= self._rules.patience_s:
            raise RefusedError(ModelLineBusy(round(waited, 1)))

    def _go_back(self, held: Held) -> None:
        """Choose the model before, unless another one was chosen since a person asked for that."""
        with self._choosing:
            if self._previous is held:
                self._choose(held, Why.ROLLED_BACK)

    def _choose(self, held: Held, why: Why) -> None:
        """Give a model the coils that begin from now on. Raises RefusedError if that cannot be stored."""
        with self._choosing:
            chosen = ChosenModel(held.file, held.id, self._own.model.sha256, why, now())
            try:
                with self._writer.transaction() as change:
                    change.choose_model(chosen)
                    change.add_model(held.known)
            except SkelpError as error:
                raise RefusedError(ModelNotStored(str(error))) from error
            with self._lock:
                forward = why in (Why.ASKED, Why.UNWATCHED)
                self._previous = self._chosen if forward else None
                self._before = self._chosen.id.sha256
                self._chosen, self._watched = held, chosen if why is Why.ASKED else None
                self._networks.choose(held.network)
        log.info("model chosen", model=held.id.title, sha256=held.id.sha256, why=why.value)

    def _keep_watch(self) -> None:
        while not self._stop.wait(self._rules.look_every_s):
            try:
                self.look()
            except SkelpError as error:
                log.warning("the rates of the new model were not looked at", why=str(error))

    def look(self) -> None:
        """Look at the rates of a new model, and go back to the one before it if they left their band. Raises SkelpError."""
        with self._lock:
            chosen, watched, previous, before = self._chosen, self._watched, self._previous, self._before
        if watched is None or previous is None:
            return
        why, ended = self._watch.look(watched, before)
        if why is None:
            if ended:
                self._end_watch(watched)
            return
        log.warning("model left its band", model=chosen.id.title, why=sentence(why))
        with self._choosing:
            if self._watched is not watched:
                return  # another model was chosen meanwhile
            self._choose(previous, Why.RATES)
        self._publish(ModelRolledBack(chosen.id.title, chosen.id.sha256, previous.id.title, why))

    def _end_watch(self, watched: ChosenModel) -> None:
        with self._lock:
            if self._watched is watched:
                self._watched = None


def model_changed(coil: Coil, before: Network, now: Network) -> Payload:
    """The event of a coil that begins with another network than the coil before. Raises ValueError for networks that name no model."""
    if before.model is None or now.model is None:
        raise ValueError("a line whose network changes must begin with one that names its model")
    return ModelChanged(now.model.title, now.model.sha256, before.model.title, before.model.sha256, coil.coil_id)


def standing(own: Held, chosen: ChosenModel | None, opener: Opener, rules: ExchangeRules) -> tuple[Held, ModelRefused | None]:
    """The model that stands when the station starts: the one that was chosen last, while the station file has the model that it had then.

    If it cannot be used, the station file's model is used, and the event says why.
    """
    if chosen is None or chosen.station_sha256 != own.model.sha256 or chosen.model.sha256 == own.model.sha256:
        return own, None
    try:
        if chosen.file not in rules.files() or rules.folder is None:
            raise RefusedError(ModelGone())
        model = read(rules.folder / chosen.file)
        if model.sha256 != chosen.model.sha256:
            raise RefusedError(ModelGone())
        opener.check(model, own.model)
        return Held(chosen.file, model, opener.beside(model, own.network)), None
    except RefusedError as error:
        return own, ModelRefused(chosen.file, error.why)
