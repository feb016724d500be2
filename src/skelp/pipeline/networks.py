"""Which network inspects which coil. A coil is inspected by one network, from its first line to its last (ADR 30).

    coil begins --begin--> bound to the network that was chosen last --stored--> forgotten

Cameras reach the border of two coils at different times. So the blocks of one batch may belong to two coils, and to two networks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from skelp.domain.coilmap import Coil
from skelp.domain.defect import DefectClass
from skelp.domain.status import ModelId
from skelp.domain.strip import Block
from skelp.pipeline.looking import Looked, Looking

Changed = Callable[[Coil, "Network", "Network"], None]
"""Is told of a coil that begins with another network than the coil before: the coil, the network before and its own."""


def nobody(_coil: Coil, _before: Network, _now: Network) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A network that is open and warm, and how the line uses it.

    `classes`: with the recipe's limits. `model` None: the coils that are given to the line name their model already.
    """

    looking: Looking
    classes: tuple[DefectClass, ...]
    model: ModelId | None = None

    def named_in(self, coil: Coil) -> Coil:
        """The coil with this network as its model."""
        if self.model is None:
            return coil
        return replace(coil, model_name=self.model.title, model_sha256=self.model.sha256)


class Networks:
    """The networks of a line. Any thread may call its methods. A network is closed when nothing refers to it.

    `changed` is called while the line waits, so it must be fast.
    """

    def __init__(self, first: Network, changed: Changed = nobody) -> None:
        self._lock = threading.Lock()
        self._chosen = self._begun = first
        self._changed = changed
        self._of: dict[str, Network] = {}
        self._failed: Network | None = None

    @property
    def chosen(self) -> Network:
        """The network of the coils that begin from now on."""
        with self._lock:
            return self._chosen

    @property
    def running(self) -> Network:
        """The network of the coil that began last."""
        with self._lock:
            return self._begun

    @property
    def failed(self) -> Network | None:
        """The network that raised the error which ended the line, if it was one."""
        with self._lock:
            return self._failed

    def choose(self, network: Network) -> Network:
        """Give a network the coils that begin from now on. Returns the one that had them."""
        with self._lock:
            before, self._chosen = self._chosen, network
            return before

    def begin(self, coil: Coil) -> Coil:
        """Bind a coil that begins to the chosen network. Returns the coil with its model."""
        with self._lock:
            before, self._begun = self._begun, self._chosen
            network = self._of[coil.coil_id] = self._chosen
        named = network.named_in(coil)
        if network is not before:
            self._changed(named, before, network)
        return named

    def of(self, coil_id: str) -> Network:
        """The network of a coil that has begun. Raises KeyError after `forget`."""
        with self._lock:
            return self._of[coil_id]

    def forget(self, coil_id: str) -> None:
        """Release a coil that is complete and stored."""
        with self._lock:
            self._of.pop(coil_id, None)

    def at(self, blocks: Sequence[Block], *, hurried: bool) -> Iterator[Looked]:
        """The answer for each block, from the network of its coil. Each network gets its blocks in one batch.

        `hurried`: there is no time for second looks.
        """
        networks = [self.of(block.coil_id) for block in blocks]
        answers = {network: self._answers(network, blocks, networks, hurried=hurried) for network in dict.fromkeys(networks)}
        for network in networks:
            yield next(answers[network])

    def _answers(self, network: Network, blocks: Sequence[Block], networks: Sequence[Network], *, hurried: bool) -> Iterator[Looked]:
        own = [block for block, of in zip(blocks, networks, strict=True) if of is network]
        try:
            return iter(list(network.looking.at(own, hurried=hurried)))
        except Exception:
            with self._lock:
                self._failed = network
            raise
