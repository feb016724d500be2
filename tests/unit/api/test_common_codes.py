"""A coil keeps the codes that it was recorded with, on both databases, whatever becomes of their file."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest

from skelp.domain.common_codes import ClassCodes, CommonCodes
from skelp.domain.coverage import Interval, State
from skelp.domain.outcome import Outcome
from skelp.sinks.coded import coded
from tests.fakes import coil, defect
from tests.station_server import V1, StationServer
from tests.unit.domain.test_common_codes import CODES, OTHER

NEWER = replace(CODES, version="2", classes={"scratch": ClassCodes("77", "SURF-NEW", {"en": "scratch", "ko": "스크래치"})}, default=OTHER)


@pytest.fixture
def server(each_server: StationServer) -> StationServer:
    return each_server


def recorded(server: StationServer, coil_id: str, codes: CommonCodes | None, *classes: str) -> None:
    """A final coil of 20 m with a defect of each class, as a station with these codes records it."""
    found = tuple(defect(n, coil_id=coil_id, defect_id=f"{coil_id}-{n:06d}", class_name=name) for n, name in enumerate(classes, 1))
    kept = {"codes_name": codes.name, "codes_version": codes.version, "codes_sha256": codes.sha256} if codes else {}
    with server.writer.transaction() as change:
        if codes:
            change.add_codes(codes)
            change.add_codes(codes)  # as at each start
        change.add_coil(replace(coil(coil_id), **kept))  # type: ignore[arg-type]

    class Records:
        def write(self, outcomes: list[Outcome]) -> None:
            with server.writer.transaction() as change:
                for outcome in outcomes:
                    for interval in outcome.intervals:
                        change.record_interval(coil_id, outcome.camera, interval)
                    change.add_defects(outcome.defects)

        def close(self) -> None:
            pass

    sink = coded(Records(), codes)  # type: ignore[arg-type]
    sink.write([Outcome(coil_id, "cam", (Interval(0, 20_000, State.INSPECTED),)), Outcome(coil_id, "cam", defects=found)])
    sink.close()
    with server.writer.transaction() as change:
        change.record_progress(coil_id, line_rate_hz=None, reach_mm=1248.0)
        change.complete_coil(coil_id)


def get(server: StationServer, path: str) -> Any:
    answer = server.client.get(f"{V1}{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_coil_names_its_codes_and_each_defect_has_them(server: StationServer) -> None:
    recorded(server, "C1", CODES, "scratch")
    recorded(server, "C2", NEWER, "scratch", "patch")
    recorded(server, "C0", None, "scratch")
    first, second = get(server, "/coils/C1"), get(server, "/coils/C2")
    assert first["codes"] == {"name": "mill", "version": "1", "sha256": CODES.sha256}
    assert second["codes"]["sha256"] == NEWER.sha256
    assert get(server, "/coils/C0")["codes"] is None
    assert [d["codes"] for d in get(server, "/coils/C1/defects")["defects"]] == [{"plant": "210", "cluster": "SURF-SCR"}]
    assert [d["codes"]["plant"] for d in get(server, "/coils/C2/defects")["defects"]] == ["77", "9"]
    assert get(server, "/defects/C1-000001")["codes"]["cluster"] == "SURF-SCR"
    assert get(server, "/defects/C0-000001")["codes"] is None
    rows = list(csv.DictReader(io.StringIO(server.client.get(f"{V1}/coils/C2/defects?format=csv").text)))
    assert [(r["class"], r["plant_code"], r["cluster_code"]) for r in rows] == [("scratch", "77", "SURF-NEW"), ("patch", "9", "OTH")]
    shape = server.client.get(f"{V1}/coils/C1/defects?format=geojson").json()["features"][0]["properties"]
    assert shape["codes"] == {"plant": "210", "cluster": "SURF-SCR"}


def test_codes_are_kept_by_their_hash_when_the_file_has_changed(server: StationServer) -> None:
    recorded(server, "C1", CODES, "scratch")
    recorded(server, "C2", NEWER, "scratch")
    kept = get(server, f"/kept-codes/{CODES.sha256}")
    assert (kept["name"], kept["version"], kept["default"]) == ("mill", "1", None)
    assert kept["classes"] == {"scratch": {"plant": "210", "cluster": "SURF-SCR", "text": {"en": "scratch", "ko": "스크래치"}}}
    assert get(server, f"/kept-codes/{NEWER.sha256}")["default"]["plant"] == "9"
    assert server.reader.kept_codes(NEWER.sha256) == NEWER
    assert server.client.get(f"{V1}/kept-codes/{'0' * 64}").status_code == 404


def test_a_derived_coil_has_the_codes_of_the_coil_on_which_each_defect_was_seen(server: StationServer) -> None:
    recorded(server, "C1", CODES, "scratch")
    recorded(server, "C2", NEWER, "scratch")
    recorded(server, "C3", CODES, "scratch")
    both, same = [{"coil_id": "C1"}, {"coil_id": "C2"}], [{"coil_id": "C1"}, {"coil_id": "C3"}]
    for piece, cuts in (("P1", both), ("P2", same), ("P3", [{"coil_id": "C1"}, {"recorded": False, "to_m": 5}])):
        assert server.client.post(f"{V1}/coils/C1/derive", json={"coil_id": piece, "cuts": cuts}).status_code == 201
    assert [(d["seen_as"], d["codes"]["plant"]) for d in get(server, "/coils/P1/defects")["defects"]] == [
        ("C1-000001", "210"),
        ("C2-000001", "77"),
    ]
    assert get(server, "/coils/P1")["codes"] is None, "there is no one file of all its defects"
    assert get(server, "/coils/P2")["codes"]["sha256"] == CODES.sha256
    assert get(server, "/coils/P3")["codes"]["sha256"] == CODES.sha256
