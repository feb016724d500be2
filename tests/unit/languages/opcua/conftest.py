"""A vision system in this process, with a station of which tests say what it answers. It is made once: that takes seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from typing import Any, TypeVar, cast

import pytest
from asyncua import Client, Server, ua

from skelp_client import Coil, ModelHistory, Recipe, StationStatus, Unreachable
from skelp_client.reading import read
from skelp_languages.opcua.asked import AskedStation, Wanted
from skelp_languages.opcua.finished import Finished
from skelp_languages.opcua.server import Made, listening, make_server
from skelp_languages.opcua.settings import Endpoint, OpcUaSettings, Security
from skelp_languages.opcua.upstream.callers import PlantUser, _caller
from skelp_languages.opcua.vision import Vision, make_vision

T = TypeVar("T")
SHA = "606e276eab26d8d005d53fdac1a7c8fce20f1280dc077f4c01ae7af17e8bbef2"
DOCUMENT: dict[str, Any] = {
    "coil_id": "K4711", "name": "K4711", "pass_number": 1, "status": "final", "automatic": False, "interrupted": False, "heat": "H290",
    "product": "DC04", "customer": "", "strip_width_mm": 1250.0, "started_at": "2026-11-25T08:06:50.002000Z",
    "finished_at": "2026-11-25T08:20:30.610000Z", "length_m": 812.5, "inspected_m": 811.22, "degraded_m": 0.0, "lost_m": 1.28,
    "lines": 3250000, "inspected_lines": 3244880, "degraded_lines": 0, "lost_lines": 5120, "defects": 3,
    "by_class": {"scratch": 2, "스케일": 1}, "by_severity": {"2": 3}, "marks": {}, "decision": "hold",
    "reasons": [{"code": "coil.not_inspected", "args": {"uninspected_m": 1.28, "limit_m": 0.0}, "text": "1.280 m are not fully inspected"}],
    "revised": None, "override": None, "model": {"name": "strip-s 0.3.0", "sha256": SHA}, "recipe": {"name": "default", "sha256": SHA},
    "revision": 1630, "later_field": "that this client does not know",
}  # fmt: skip


def finished(**changed: Any) -> Finished:
    """A coil as a station's REST gives it, with other values."""
    return Finished.of({**DOCUMENT, **changed})


class FakeStation:
    """What a station answers. `away`: it does not."""

    def __init__(self) -> None:
        self.away = False
        self.known: list[Finished] = [finished()]
        self.csv: bytes | None = b"defect_id\r\nK4711-000001\r\n"
        self.now: StationStatus = cast("StationStatus", None)
        self.done: list[tuple[str, ...]] = []

    def _answer(self, value: T) -> T:
        if self.away:
            raise Unreachable("http://station", "it rests", sent=False)
        return value

    async def status(self) -> StationStatus:
        return self._answer(self.now)

    async def finished(self, coil_id: str) -> Finished | None:
        return self._answer(next((one for one in self.known if one.coil.coil_id == coil_id and one.has_result), None))

    async def page(self, wanted: Wanted, start: int, most: int) -> tuple[list[Finished], bool]:
        found = [one for one in self._answer(self.known) if wanted.has(one)]
        return found[start : start + most], start + most >= len(found)

    async def defects_file(self, coil_id: str) -> bytes | None:
        return self._answer(self.csv)

    async def recipes(self) -> tuple[Recipe, ...]:
        made = [Recipe(name, SHA, (product,), (), name == "default", "", SHA) for name, product in (("default", "*"), ("dc04", "DC04"))]
        return self._answer(tuple(made))

    async def model_history(self) -> ModelHistory:
        return self._answer(ModelHistory(None, ()))

    async def announce(self, secret: str, coil_id: str, product: str) -> Coil:
        self.done.append(("announce", secret, coil_id, product))
        self.now = replace(self.now, coil=coil_id)
        return self._answer(finished(coil_id=coil_id, status="running").coil)

    async def finish(self, secret: str, coil_id: str) -> Coil:
        self.done.append(("finish", secret, coil_id))
        self.now = replace(self.now, coil=None)
        return self._answer(finished(coil_id=coil_id).coil)


def status(coil: str | None = None, *, ready: bool = True) -> StationStatus:
    """What GET /station answers."""
    reason = None if ready else {"code": "camera.lost", "args": {}, "text": "camera top-1 sends nothing"}
    document: dict[str, Any] = {
        "name": "line1", "plant": "", "line": "", "feed_id": "f", "uptime_s": 1.0, "ready": ready, "reason": reason, "coil": coil,
        "line_now": None, "classes": [], "marks": [], "cameras": [],
        "engine": {"provider": "cpu", "precision": "fp32", "threads": 1, "reason": "", "nodes": 1, "nodes_on_cpu": 1},
        "model": {"name": "strip-s", "version": "0.3.0", "sha256": SHA}, "recipe": {"name": "default", "sha256": SHA}, "counts": {},
        "lines": [], "busy_s": {}, "latency_ms": {"p50": None, "p99": None}, "queued": {}, "disk": {"free_gb": 1.0, "crops_gb": 0.0},
    }  # fmt: skip
    return read(StationStatus, document)


READER = PlantUser(name="scada", rights=frozenset({"read"}), secret="reader-token")
MES = PlantUser(name="mes-1", rights=frozenset({"read", "coils"}), secret="mes-token")


class System:
    """A vision system that listens on loopback, and calls of its methods as its users make them."""

    def __init__(self, made: Made, vision: Vision, station: FakeStation, runner: asyncio.Runner) -> None:
        self.made, self.vision, self.station, self._runner = made, vision, station, runner
        self.server: Server = made.server

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(coroutine)

    @property
    def url(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.made.port}/skelp"

    def node(self, path: str) -> ua.NodeId:
        """A part of the vision system."""
        return ua.NodeId("VisionSystem" + ("." + path.replace("/", ".") if path else ""), 3)

    def read(self, path: str, attribute: ua.AttributeIds = ua.AttributeIds.Value) -> ua.DataValue:
        return self.server.read_attribute_value(self.node(path), attribute)

    def call(self, path: str, *arguments: ua.Variant, user: PlantUser = READER) -> ua.CallMethodResult:
        """Call a method as a user. `path`: from the vision system, or the method's id as text."""
        node = ua.NodeId.from_string(path) if path.startswith("ns=") else self.node(path)

        async def called() -> ua.CallMethodResult:
            _caller.set(user)
            request = ua.CallMethodRequest(ua.NodeId("VisionSystem", 3), node, list(arguments))
            return (await self.made.inside.method_service.call([request]))[0]

        return self.run(called())

    def outputs(self, path: str, *arguments: ua.Variant, user: PlantUser = READER) -> list[Any]:
        """The outputs of a call that is made."""
        done = self.call(path, *arguments, user=user)
        assert done.StatusCode.is_good(), done
        return [output.Value for output in done.OutputArguments]

    def client(self) -> Client:
        return Client(self.url)


@pytest.fixture(scope="package")
def made_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("opcua")
    security = Security(certificates=folder / "certificates", anonymous="reads", no_security=True)
    settings = OpcUaSettings(name="line1", place=folder / "place.json", endpoint=Endpoint(port=0), security=security)
    station = FakeStation()
    station.now = status()
    with asyncio.Runner() as runner:
        made = runner.run(make_server(settings))
        vision = runner.run(make_vision(made.server, cast("AskedStation", station), "line1"))
        door = listening(made)
        runner.run(door.__aenter__())
        yield System(made, vision, station, runner)
        runner.run(door.__aexit__(None, None, None))


@pytest.fixture
def system(made_system: System) -> System:
    """The system, with a station that is ready and knows one coil."""
    station = made_system.station
    station.__dict__.update(FakeStation().__dict__)
    station.now = status()
    made_system.run(made_system.vision.looking.now())
    return made_system
