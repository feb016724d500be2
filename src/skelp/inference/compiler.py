"""Compiles the networks of a model ahead, for frames of one shape, and compares their answers with the model's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from skelp.domain.errors import SkelpError
from skelp.inference.engine import SCREEN, Engine, Network, Ready, Shape, check_shape, network_of, open_network, screen_of
from skelp.inference.engine_file import Made
from skelp.inference.model_file import ORT_ERRORS, SUSPICION, ModelFile
from skelp.inference.parity import MOST_DIFFERENT, compare
from skelp.inference.probe import in_short
from skelp.inference.providers import Precision, Provider, offers
from skelp.inference.screened import window_widths
from skelp.inference.sessions import AHEAD, compile_ahead

_FAILURES: tuple[type[Exception], ...] = (SkelpError, *ORT_ERRORS)

U8 = NDArray[np.uint8]


class Compilation(NamedTuple):
    """The networks that were compiled, and the largest share of the cells of defects in which one of them answers otherwise."""

    networks: list[Made]
    different: float


def shapes_of(model: ModelFile, shape: Shape) -> Iterator[tuple[Network, Shape]]:
    """The networks that a line with frames of this shape may open: the whole one, and for a line that is screened also the screen, the
    whole one for single frames and for windows.
    """
    yield network_of(model), shape
    screen = screen_of(model)
    if screen is None:
        return
    _, _, height, width = shape
    yield screen, shape
    single = dict.fromkeys((1, 1, height, columns) for columns in (width, *window_widths(width)))
    yield from ((network_of(model), each) for each in single if each != shape)


def engine_that_compiles(engine: Engine) -> Engine:
    """The same engine; with `auto`, the best provider of this machine that compiles ahead. Raises SkelpError if there is none."""
    if engine.provider != "auto":
        return engine
    able = next((o.provider for o in offers() if o.usable and o.provider in AHEAD), None)
    if able is None:
        raise SkelpError(f"no provider of this machine compiles ahead ({', '.join(AHEAD)} do); use the model file as it is")
    return replace(engine, provider=able.value)


def compile_networks(model: ModelFile, engine: Engine, frames: U8, report: Callable[[str], None] = lambda _: None) -> Compilation:
    """Compile all networks for frames uint8 [n, 1, H, W] like these. `engine` is settled: its provider and precision are named.

    Raises SkelpError if the provider compiles nothing ahead, or if an engine answers otherwise than the model on these frames.
    """
    check_shape(*frames.shape[2:])
    made, worst = [], 0.0
    for network, shape in shapes_of(model, (frames.shape[0], 1, frames.shape[2], frames.shape[3])):
        report(f"compiling the {network.name} for {shape[0]}x{shape[2]}x{shape[3]} with {engine.provider}, {engine.precision}")
        sample = frames[: shape[0], :, :, : shape[3]]
        ready, different = _compiled(model, network, engine, sample, report)
        if different > MOST_DIFFERENT:
            raise SkelpError(
                f"the engine of the {network.name} for {shape[0]}x{shape[2]}x{shape[3]} answers otherwise than the model in "
                f"{different:.2%} of the cells of defects, and {MOST_DIFFERENT:.0%} is allowed; use the model file as it is"
            )
        made.append(Made(network.name, shape, ready))
        worst = max(worst, different)
    return Compilation(made, worst)


def _compiled(model: ModelFile, network: Network, engine: Engine, frames: U8, report: Callable[[str], None]) -> tuple[Ready, float]:
    """A network that was compiled, and in which share of the cells of defects it answers otherwise."""
    provider, precision = Provider(engine.provider), Precision(engine.precision)
    shape = (frames.shape[0], 1, frames.shape[2], frames.shape[3])
    data, origin = compile_ahead(
        network.data, provider, precision, engine.threads_used, network.fixed(shape), engine.cache / network.folder
    )
    ready = Ready(data, origin.nodes, origin.nodes_on_cpu)
    try:
        session, _ = open_network(network, replace(engine, compiled=lambda *_: ready), shape, report)
        return ready, _difference(model, network, origin.session, session, frames)
    except _FAILURES as error:
        raise SkelpError(f"{provider} wrote an engine that it cannot run ({in_short(error)}); use the model file as it is") from error


def _difference(model: ModelFile, network: Network, first: ort.InferenceSession, second: ort.InferenceSession, frames: U8) -> float:
    """The share of the cells of defects, or of the screen's suspicious tiles, in which two sessions of a network answer otherwise."""
    if network.name == SCREEN and model.card.screen is not None:
        a, b = (s.run([SUSPICION], {"frames": frames})[0] >= model.card.screen.limit for s in (first, second))
        return float((a != b).sum()) / max(1, int((a | b).sum()))
    return compare(model.run(first, frames), model.run(second, frames)).share
