"""Classes that a layout counts are those of the station."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest

from skelp.domain.errors import SkelpError
from skelp_client import Station, StationStatus, Unreachable
from skelp_languages.level2.counted import CountedClasses
from tests.unit.languages.level2.layouts import example, made
from tests.unit.languages.mqtt.records import status

T = TypeVar("T")


class FakeStation:
    """A station that has some classes. `away`: it does not answer."""

    def __init__(self, *classes: str, marks: tuple[str, ...] = (), away: bool = False) -> None:
        self.found, self.away, self.asked = replace(status(), classes=classes, marks=marks), away, 0

    def status(self) -> StationStatus:
        self.asked += 1
        if self.away:
            raise Unreachable("http://station", "it rests", sent=False)
        return self.found

    def run(self, coroutine: Any) -> StationStatus:
        coroutine.close()
        return self.status()


@pytest.fixture
def counting(tmp_path: Path) -> Callable[..., CountedClasses]:
    def of(station: FakeStation, *classes: str) -> CountedClasses:
        file = example()
        fields = file["telegrams"]["coil_result"]["fields"]
        fields[:] = [f for f in fields if not f["value"].startswith("class:")]
        fields += [{"name": name.upper(), "value": f"class:{name}", "width": 6, "kind": "integer"} for name in classes]
        return CountedClasses(made(tmp_path, file), cast("Station", station))

    return of


Counting = Callable[..., CountedClasses]


def test_a_misspelt_class_is_refused_with_the_one_that_is_meant(counting: Counting) -> None:
    station = FakeStation("patch", "scratch", marks=("chalk",))
    with pytest.raises(SkelpError, match="class:scrach; did you mean scratch"):
        counting(station, "scrach", "patch").at_start()
    with pytest.raises(SkelpError, match="it has none"):
        counting(FakeStation(), "scratch").at_start()


def test_a_station_that_has_them_is_asked_once(counting: Counting) -> None:
    station = FakeStation("patch", "scratch", marks=("chalk",))
    counted = counting(station, "scratch", "chalk")
    for _ in range(3):
        counted.at_start()
        counted.before_telling()
    assert station.asked == 1


def test_a_layout_that_counts_no_class_asks_nothing(counting: Counting) -> None:
    station = FakeStation()
    counting(station).at_start()
    assert station.asked == 0


def test_a_station_that_is_away_is_asked_before_the_first_result_is_told(counting: Counting) -> None:
    station = FakeStation("scratch", away=True)
    counted = counting(station, "scrach")
    counted.at_start()
    with pytest.raises(Unreachable):  # the follower tells it again later
        counted.before_telling()
    station.away = False
    with pytest.raises(SkelpError, match="did you mean scratch"):
        counted.before_telling()
