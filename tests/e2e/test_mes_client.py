"""An MES on skelp_client: through kill -9, cuts and lost answers it ends with exactly the coils and defects of the station's database."""

from __future__ import annotations

import random
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from skelp_client import Coil, Coverage, Defect, Station, StationError
from tests.e2e.test_station import Running, started, station_file
from tests.postgres import WHY_NOT, server
from tests.relay import Relay

LAST = "LAST"
KILL_MIDWAY = "kill while the coil runs"
NO_ROOM = "no room on the disk"
TROUBLES = ["lost answer", "kill", KILL_MIDWAY, "cut", NO_ROOM, "mes", "none"]
LINES = 1200
"""Lines of an announced coil, 0.3 s of the simulated camera."""


class Plant:
    """A station that is killed and started again, behind a network that is cut."""

    def __init__(self, file: Path, relay: Relay, **environment: str) -> None:
        self._file, self.relay, self._environment = file, relay, environment
        self._started: AbstractContextManager[Running] | None = None
        self._trouble: list[threading.Thread] = []

    def start(self) -> Running:
        self._started = started(self._file, **self._environment)
        running = self._started.__enter__()
        at = urlsplit(running.address)
        self.relay.target = (str(at.hostname), int(at.port or 0))
        self._running = running
        return running

    def end(self, how: signal.Signals) -> None:
        assert self._started is not None
        self._running.process.send_signal(how)
        self._running.process.wait(20)
        self._started.__exit__(None, None, None)

    def restart(self) -> None:
        """Kill -9, and start again."""
        self.end(signal.SIGKILL)
        self.start()

    def cut(self) -> None:
        """The station's port refuses for a while, and the station goes on."""
        self.relay.cut()
        time.sleep(1.5)
        self.relay.join()

    def starve(self) -> None:
        """No file of the station may grow for a while, as on a full disk. If it ends because of that, it starts again."""
        pid = self._running.process.pid
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        time.sleep(1.5)
        if self._running.process.poll() is None:
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
            time.sleep(0.5)
        if self._running.process.poll() is not None:
            self.end(signal.SIGKILL)
            self.start()

    def meanwhile(self, trouble: str) -> None:
        """Begin a trouble and go on."""
        if trouble == "lost answer":
            self.relay.lose_an_answer()
            return
        begin = {"cut": self.cut, NO_ROOM: self.starve}.get(trouble, self.restart)
        thread = threading.Thread(target=begin)
        thread.start()
        self._trouble.append(thread)

    def settle(self) -> None:
        """Wait until no trouble lasts."""
        while self._trouble:
            self._trouble.pop().join()


@dataclass
class Mes:
    """What it stored: the number of the last event it handled, the feed, and every final coil with its results."""

    url: str
    after: int = 0
    feed_id: str | None = None
    seqs: list[int] = field(default_factory=list)
    coils: list[tuple[Coil, list[Defect], Coverage]] = field(default_factory=list)
    starts: int = 0
    restart: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Handle events until the last coil is final. On `restart` it forgets all but what it stored, as after a crash."""
        while LAST not in [coil.coil_id for coil, _, _ in self.coils]:
            self.starts += 1
            self.restart.clear()
            with Station(self.url, retry_s=60) as station:
                self._follow(station)

    def _follow(self, station: Station) -> None:
        events = station.events(self.after, self.feed_id, wait_s=2)
        for event in events:
            rows = []
            if event.kind == "coil.final":
                coil_id = event.coil_id
                rows.append((station.coil(coil_id), list(station.defects(coil_id)), station.coverage(coil_id)))
            if self.restart.is_set():
                return  # before the event is stored: it comes again
            self.after, self.feed_id = events.after, events.feed_id
            self.seqs.append(event.seq)
            self.coils += rows
            if event.coil_id == LAST and rows:
                return


def wait(station: Station, coil_id: str, lines: int) -> None:
    """Wait until a running coil has so many lines."""
    coil = station.coil(coil_id)
    while coil.status == "running" and coil.lines < lines:
        time.sleep(0.05)
        coil = station.coil(coil_id)


def roll(station: Station, coil_id: str, midway: Callable[[], None]) -> None:
    """Announce a coil, wait for its lines and end it. A kill may end it earlier."""
    try:
        station.announce(coil_id, heat="H1")
        wait(station, coil_id, LINES // 4)
        midway()
        wait(station, coil_id, LINES)
        station.finish(coil_id)
    except StationError as error:
        if error.conflict != "coil_over":  # the station was killed after it had stored the coil, and before it answered
            raise


def truth(url: str, station: str) -> tuple[list[int], list[str], dict[str, list[str]]]:
    """From the database itself: numbers of a station's events; final coils, in order; ids of the defects of each."""
    engine = sa.create_engine(url)
    of_station = f"station = (SELECT number FROM stations WHERE name = '{station}')"
    with engine.connect() as connection:
        events = connection.exec_driver_sql(f"SELECT seq, kind, coil_id FROM events WHERE {of_station} ORDER BY seq").all()
        defects = connection.exec_driver_sql(f"SELECT coil_id, defect_id FROM defects WHERE {of_station} ORDER BY number").all()
    engine.dispose()
    final = [coil_id for _, kind, coil_id in events if kind == "coil.final"]
    return [seq for seq, _, _ in events], final, {c: [d for of, d in defects if of == c] for c in final}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT)))])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/data/skelp.db"
    else:
        with server() as url:
            yield url


def follow_a_line(name: str, file: Path, database: str, announced: list[str], troubles: list[str]) -> Mes:
    """Roll the coils through a station in trouble, while its MES follows. Returns what the MES stored, which is checked."""
    environment = {"SKELP_NAME": name, "SKELP_STORAGE__FOLDER": str(file.parent / name)}
    if not database.startswith("sqlite"):
        environment["SKELP_STORAGE__DATABASE_URL"] = database
    with Relay() as relay:
        plant = Plant(file, relay, **environment)
        plant.start()
        try:
            mes = Mes(relay.url)
            following = threading.Thread(target=mes.run)
            following.start()
            with Station(relay.url, retry_s=60) as level_2:
                for coil_id, trouble in zip(announced, [*troubles, "none"], strict=True):
                    begin = mes.restart.set if trouble == "mes" else partial(plant.meanwhile, trouble)
                    plant.settle()  # one at a time
                    if trouble not in ("none", KILL_MIDWAY):
                        begin()
                    roll(level_2, coil_id, begin if trouble == KILL_MIDWAY else lambda: None)
            following.join(60)
            assert not following.is_alive()
        finally:
            plant.settle()
            plant.end(signal.SIGTERM)
        assert relay.lost == troubles.count("lost answer")
    check(mes, truth(database, name), announced, troubles)
    return mes


def check(mes: Mes, found: tuple[list[int], list[str], dict[str, list[str]]], announced: list[str], troubles: list[str]) -> None:
    """The MES has exactly what the database has, in its order."""
    seqs, final, defects = found
    known = mes.seqs[-1]
    assert mes.seqs == seqs[:known] == list(range(1, known + 1))
    final = final[: final.index(LAST) + 1]
    assert [coil.coil_id for coil, _, _ in mes.coils] == final
    assert [c for c in final if c in announced] == announced
    assert {coil.coil_id: [d.defect_id for d in of_coil] for coil, of_coil, _ in mes.coils} == {c: defects[c] for c in final}
    assert sum(len(of_coil) for _, of_coil, _ in mes.coils) > len(announced)
    for coil, of_coil, coverage in mes.coils:
        assert coil.status == "final"
        assert coil.defects == len(of_coil)
        assert sum(i.lines for i in coverage.intervals) == coil.lines
        assert [i.state != "inspected" for i in coverage.intervals] == [i.reason is not None for i in coverage.intervals]
    killed = {coil_id for coil_id, trouble in zip(announced, troubles, strict=False) if trouble == KILL_MIDWAY}
    assert killed <= {coil.coil_id for coil, _, _ in mes.coils if coil.interrupted and coil.decision == "hold"}
    assert 1 <= mes.starts <= 1 + troubles.count("mes"), "two that are asked for at once are one"


@pytest.mark.parametrize(
    ("coils", "troubles"),
    [
        (8, ["lost answer", KILL_MIDWAY, "cut", NO_ROOM, "mes", "lost answer", "kill"]),
        pytest.param(200, random.Random(7).choices(TROUBLES, weights=[4, 2, 2, 2, 2, 2, 16], k=199), marks=pytest.mark.slow),
    ],
)
def test_an_mes_ends_with_every_coil_and_defect_once_and_in_order(database: str, coils: int, troubles: list[str], tmp_path: Path) -> None:
    """In PostgreSQL two stations have the same coils at the same time, each with an MES and troubles of its own."""
    announced = [*(f"K{n:03}" for n in range(coils - 1)), LAST]
    file = station_file(tmp_path, drop_rate=0.02, limit=140)
    if database.startswith("sqlite"):
        assert follow_a_line("data", file, database, announced, troubles).starts > 1
        return
    with ThreadPoolExecutor(2) as lines:
        both = [
            lines.submit(follow_a_line, name, file, database, announced, way)
            for name, way in (("mill", troubles), ("line", troubles[::-1]))
        ]
        feeds = {line.result().feed_id for line in both}
    assert len(feeds) == 2
