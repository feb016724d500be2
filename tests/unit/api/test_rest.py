"""REST: coils, results, events, reviews, samples, optics, probes and errors."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from skelp.domain.coverage import Interval, State
from skelp.domain.events import CropsFailed, Kind
from skelp.domain.optics import Optics
from skelp.domain.outcome import Outcome, Picture
from skelp.domain.reasons import FrameDropped, PicturesFailed, StationQuiet
from skelp.domain.review import standing
from tests.fakes import defect
from tests.station_server import V1, StationServer
from tests.unit.domain.test_coded import EVENTS


def test_a_coil_is_started_finished_and_decided_over_rest(server: StationServer) -> None:
    get, post = server.client.get, server.client.post
    assert server.expose(0, 1000) == "auto"
    started = post(f"{V1}/coils", json={"coil_id": "K1", "heat": "H7", "strip_width_mm": 1250})
    assert started.status_code == 201
    assert (started.json()["status"], started.json()["strip_width_mm"]) == ("running", 1250)
    assert post(f"{V1}/coils", json={"coil_id": "K1"}).status_code == 200
    assert get(f"{V1}/coils/auto").json()["status"] == "provisional"
    assert server.expose(1000, 4000) == "K1"
    assert get(f"{V1}/coils/auto").json()["status"] == "final"
    server.sink.write([Outcome("K1", "cam", defects=(defect(1, coil_id="K1", defect_id="K1-000001"),))])
    running = get(f"{V1}/coils/K1").json()
    assert (running["inspected_m"], running["defects"], running["heat"], running["decision"]) == (4.0, 1, "H7", "hold")
    finished = post(f"{V1}/coils/K1/finish").json()
    assert finished["status"] == "provisional"
    for end in server.tracker.ends_at_border():
        server.sink.write([Outcome(end.coil_id, "cam", ended=True, coil_complete=True)])
    final = get(f"{V1}/coils/K1").json()
    assert (final["status"], final["decision"]) == ("final", "accept")
    assert post(f"{V1}/coils/K1/finish").json()["status"] == "final"
    assert [c["coil_id"] for c in get(f"{V1}/coils").json()["coils"]] == ["K1", "auto"]
    assert get(f"{V1}/coils?limit=1").json()["next"] == "K1"


def test_an_automatic_coil_can_be_renamed(server: StationServer) -> None:
    server.expose(0, 100)
    assert server.client.patch(f"{V1}/coils/auto", json={"name": "K9", "product": "DC04"}).json()["name"] == "K9"
    found = server.client.get(f"{V1}/coils/K9").json()
    assert (found["coil_id"], found["automatic"], found["product"]) == ("auto", True, "DC04")


def test_polling_without_a_change_returns_304(server: StationServer) -> None:
    server.expose(0, 100)
    for path in ("/coils/auto", "/coils/auto/defects?limit=5", "/coils/auto/coverage"):
        first = server.client.get(V1 + path)
        again = server.client.get(V1 + path, headers={"If-None-Match": first.headers["etag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    tag = server.client.get(f"{V1}/coils/auto").headers["etag"]
    server.sink.write([Outcome("auto", "cam", defects=(defect(1, coil_id="auto", defect_id="auto-000001"),))])
    assert server.client.get(f"{V1}/coils/auto", headers={"If-None-Match": tag}).status_code == 200


def test_defects_as_json_csv_geojson_and_pictures(server: StationServer) -> None:
    server.expose(0, 9000)
    found = tuple(defect(n, coil_id="auto", defect_id=f"auto-{n:06d}", class_name="=cmd()" if n == 3 else "scratch") for n in range(1, 6))
    server.sink.write([Outcome("auto", "cam", defects=found)])
    page = server.client.get(f"{V1}/coils/auto/defects?limit=2").json()
    rest = server.client.get(f"{V1}/coils/auto/defects?limit=9&cursor={page['next']}").json()
    assert [d["defect_id"][-1] for d in page["defects"] + rest["defects"]] == list("12345")
    assert rest["next"] is None
    one = page["defects"][0]
    assert {"class", "code", "severity", "score", "along_mm", "across_mm", "orientation_deg", "cut_by_gap", "column"} <= set(one)
    csv = server.client.get(f"{V1}/coils/auto/defects?format=csv&class=%3Dcmd()")
    assert csv.headers["content-type"].startswith("text/csv")
    assert "'=cmd()" in csv.text.splitlines()[1]
    geo = server.client.get(f"{V1}/coils/auto/defects?format=geojson").json()
    assert geo["features"][0]["geometry"]["coordinates"][0][0] == [10.0, 1000.0]
    assert server.client.get(f"{V1}/defects/auto-000002").json()["along_mm"] == 2000
    crop = server.client.get(f"{V1}/defects/auto-000002/crop.jpg")
    assert Image.open(io.BytesIO(crop.content)).size == (50, 40)
    assert Image.open(io.BytesIO(server.client.get(f"{V1}/defects/auto-000002/mask.png").content)).size == (50, 40)


def test_coverage_and_map_show_lost_lines(server: StationServer) -> None:
    server.expose(0, 6000)
    lost = (Interval(6000, 3000, State.LOST, FrameDropped()),)
    found = tuple(defect(n, coil_id="auto", defect_id=f"auto-{n:06d}") for n in range(1, 6))
    server.sink.write([Outcome("auto", "cam", lost, found)])
    coverage = server.client.get(f"{V1}/coils/auto/coverage").json()
    assert [(i["state"], i["from_m"], i["to_m"], (i["reason"] or {}).get("code")) for i in coverage["intervals"]] == [
        ("inspected", 0, 6, None),
        ("lost", 6, 9, "line.frame_dropped"),
    ]
    assert sum(i["lines"] for i in coverage["cameras"]["cam"]) == 9000
    grid = server.client.get(f"{V1}/coils/auto/map?rows=9&columns=3").json()
    assert grid["covered"] == [1.0] * 6 + [0.0] * 3
    assert sum(map(sum, grid["count"]["scratch"])) == 5
    picture = Image.open(io.BytesIO(server.client.get(f"{V1}/coils/auto/map.png").content)).convert("RGB")
    width = picture.width - 112
    lost_colours = {picture.getpixel((84 + int(width * 0.8) + n, 150)) for n in range(14)}
    seen_colours = {picture.getpixel((84 + int(width * 0.3) + n, 150)) for n in range(14)}
    assert len(lost_colours) > 1
    assert len(seen_colours) == 1


def test_the_feed_gives_every_event_once_and_waits(server: StationServer) -> None:
    first = server.client.get(f"{V1}/events?after=0&wait_s=0.1").json()
    assert (first["events"], first["last"]) == ([], 0)
    server.expose(0, 100)
    for n in range(5):
        server.publish(CropsFailed(n, PicturesFailed(n)))
    seen: list[int] = []
    after = 0
    while page := server.client.get(f"{V1}/events?after={after}&limit=2").json()["events"]:
        seen += [e["seq"] for e in page]
        after = seen[-1]
    assert seen == list(range(1, 7))


def test_the_live_picture_has_its_age(server: StationServer) -> None:
    assert server.client.get(f"{V1}/live.jpg").status_code == 404
    classes = np.zeros((16, 32), np.uint8)
    classes[4:8, 4:8] = 2
    picture = Picture("cam", "K1", 512, np.full((64, 128), 90, np.uint8), classes, 4, 10.0, 120.0, 0, {2: "patch"}, classes)
    server.live.show(Outcome("K1", "cam", picture=picture))
    answer = server.client.get(f"{V1}/live.jpg?width=64")
    assert Image.open(io.BytesIO(answer.content)).size == (64, 32)
    assert float(answer.headers["x-age-seconds"]) > 0
    assert answer.headers["cache-control"] == "no-store"


def test_probes_and_metrics(server: StationServer) -> None:
    assert server.client.get("/health/live").status_code == 200
    assert "<title>skelp" in server.client.get("/").text
    assert server.client.get("/health/ready").status_code == 200
    server.not_ready = StationQuiet(12)
    answer = server.client.get("/health/ready")
    assert answer.status_code == 503
    assert (answer.json()["reason"]["code"], answer.json()["reason"]["args"]) == ("station.quiet", {"quiet_s": 12})
    metrics = server.client.get("/metrics").text
    assert "skelp_ready 0.0" in metrics
    assert 'skelp_lines_lost_total{code="line.overrun"} 10.0' in metrics
    assert "skelp_lines_inspected_total 100.0" in metrics
    assert "skelp_lines_screened_total 40.0" in metrics
    assert [m for m in metrics.splitlines() if m.startswith("skelp_lines_degraded_total{")] == [
        'skelp_lines_degraded_total{code="line.screen_only"} 5.0'
    ]
    station = server.client.get(f"{V1}/station").json()
    assert (station["name"], station["ready"], station["reason"]["code"]) == ("test", False, "station.quiet")
    assert station["lines"] == [
        {"state": "inspected", "code": None, "lines": 60},
        {"state": "inspected", "code": "line.screened", "lines": 40},
        {"state": "degraded", "code": "line.screen_only", "lines": 5},
        {"state": "lost", "code": "line.overrun", "lines": 10},
    ]


def test_every_event_is_sent_as_openapi_describes_it(server: StationServer) -> None:
    for payload in EVENTS:
        server.publish(payload)
    found = server.client.get(f"{V1}/events?limit=1000").json()["events"]
    assert [e["kind"] for e in found] == [k.value for k in Kind]
    for event, payload in zip(found, EVENTS, strict=True):
        assert set(event["data"]) == set(payload.data)
        for reason in filter(None, [event["data"].get("reason"), *event["data"].get("reasons", [])]):
            assert set(reason) == {"code", "args", "text"}


def test_openapi_describes_every_path_event_and_live_message(server: StationServer) -> None:
    document = server.client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    assert "/api/v1/coils/{coil_id}/defects" in document["paths"]
    assert {"LiveStation", "LiveEvents", "LivePassed", "LiveLines", "StationOut"} <= set(schemas)
    assert set(schemas["ReasonOut"]["properties"]["code"]) & {"$ref", "enum"}
    kinds = {s["properties"]["kind"]["const"] for name, s in schemas.items() if name.endswith("Event")}
    assert kinds == {k.value for k in Kind}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/coils/none", None, 404),
        ("GET", "/coils/..%2F..%2Fetc", None, 404),
        ("GET", "/defects/none/crop.jpg", None, 404),
        ("GET", "/coils/none/defects?severity_min=9", None, 422),
        ("GET", "/coils?limit=100000", None, 422),
        ("GET", "/events?after=-1", None, 422),
        ("GET", f"/events?after={2**63}", None, 422),
        ("GET", f"/reviews?cursor={2**63}", None, 422),
        ("GET", f"/coils/K1/reviews/standing?cursor={2**63}", None, 422),
        ("GET", f"/coils/K1/defects?cursor={2**63}", None, 422),
        ("POST", "/coils", {"coil_id": "../x"}, 422),
        ("POST", "/coils", {"coil_id": "a" * 65}, 422),
        ("POST", "/coils", {"coil_id": "K1", "colour": "red"}, 422),
        ("POST", "/coils", None, 422),
        ("PATCH", "/coils/none", {"name": "x"}, 404),
        ("DELETE", "/coils/none", None, 405),
        ("GET", "/nowhere", None, 404),
    ],
)
def test_bad_requests_get_a_problem_document(server: StationServer, method: str, path: str, body: object, status: int) -> None:
    answer = server.client.request(method, V1 + path, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_reviews_are_added_and_published(server: StationServer) -> None:
    server.expose(0, 100)
    server.sink.write([Outcome("auto", "cam", defects=(defect(1, coil_id="auto", defect_id="auto-000001"),))])
    review, body = f"{V1}/defects/auto-000001/review", {"verdict": "rejected", "operator": "kim", "note": "chalk"}
    first = server.client.post(review, json=body)
    assert first.status_code == 201
    assert (first.json()["verdict"], first.json()["class"], first.json()["note"]) == ("rejected", None, "chalk")
    server.client.post(review, json={"verdict": "relabelled", "class": "patch", "operator": "lee"})
    server.client.post(review, json={"verdict": "withdrawn", "operator": "kim"})
    given = server.client.get(f"{V1}/defects/auto-000001/reviews").json()["reviews"]
    assert [(r["operator"], r["verdict"]) for r in given] == [("kim", "rejected"), ("lee", "relabelled"), ("kim", "withdrawn")]
    page = server.client.get(f"{V1}/reviews?limit=2").json()
    assert len(page["reviews"]) == 2
    assert [r["verdict"] for r in server.client.get(f"{V1}/reviews?cursor={page['next']}").json()["reviews"]] == ["withdrawn"]
    of_coil = [server.client.get(f"{V1}/reviews?coil_id={c}").json()["reviews"] for c in ("auto", "K-none")]
    assert [len(r) for r in of_coil] == [3, 0]
    published = [e["data"] for e in server.client.get(f"{V1}/events").json()["events"] if e["kind"] == "defect.reviewed"]
    assert [p["verdict"] for p in published] == ["rejected", "relabelled", "withdrawn"]
    assert [r.operator for r in standing(server.reader.reviews(defect_id="auto-000001"))] == ["lee"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"verdict": "relabelled", "operator": "kim"}, "class is given with verdict relabelled"),
        ({"verdict": "confirmed", "class": "patch", "operator": "kim"}, "class is given with verdict relabelled"),
        (
            {"verdict": "relabelled", "class": "dragon", "operator": "kim"},
            "the model has no class dragon; relabel as one of patch, scratch",
        ),
        ({"verdict": "perhaps", "operator": "kim"}, "verdict"),
        ({"verdict": "confirmed", "operator": ""}, "operator"),
    ],
)
def test_a_wrong_review_is_refused(server: StationServer, body: dict[str, str], message: str) -> None:
    server.expose(0, 100)
    server.sink.write([Outcome("auto", "cam", defects=(defect(1, coil_id="auto", defect_id="auto-000001"),))])
    answer = server.client.post(f"{V1}/defects/auto-000001/review", json=body)
    assert answer.status_code == 422
    assert message in answer.json()["detail"]
    assert server.client.post(f"{V1}/defects/none/review", json={"verdict": "confirmed", "operator": "kim"}).status_code == 404
    assert server.client.get(f"{V1}/reviews").json()["reviews"] == []


def test_samples_are_taken_from_steel_without_defects(server: StationServer) -> None:
    server.expose(0, 10_000)
    rng = np.random.default_rng(1)
    for n in range(8):
        pixels = rng.integers(0, 255, (512, 2048), dtype=np.uint8)
        classes = np.zeros((128, 512), np.uint8)
        classes[:, :100] = 1  # a defect along the first 400 px
        classes[:, 300:] = n % 2  # and nearly everywhere on every second picture
        picture = Picture("cam", "auto", n * 512, pixels, classes, 4, 10.0, 2000.0, n, {1: "scratch"}, classes)
        server.sink.write([Outcome("auto", "cam", picture=picture)])
    samples = server.client.get(f"{V1}/samples").json()["samples"]
    assert 1 <= len(samples) <= 3
    for sample in samples:
        assert (sample["line"] // 512) % 2 == 0
        assert sample["column"] >= 400
        png = server.client.get(f"{V1}/samples/{sample['sample_id']}.png")
        assert np.asarray(Image.open(io.BytesIO(png.content))).shape == (512, 512)
    assert server.client.get(f"{V1}/samples/none.png").status_code == 404


def test_optics_are_listed_for_each_coil_and_get_a_new_reference(server: StationServer) -> None:
    server.expose(0, 10)
    coil_id = server.client.get(f"{V1}/coils").json()["coils"][0]["coil_id"]
    for light in (100.0, 100.0, 100.0, 60.0, 60.0, 60.0):
        server.sink.write([Outcome(coil_id, "cam", ended=True, optics=Optics("cam", (light,) * 8, 0.8))])
    seen = server.client.get(f"{V1}/station/optics?limit=2").json()["optics"]
    assert [(o["camera"], o["light_share"], o["sharpness_share"]) for o in seen] == [("cam", 0.6, 1.0)] * 2
    (warning,) = seen[-1]["warnings"]
    assert (warning["code"], warning["args"]) == ("optics.light", {"band": 1, "bands": 8, "share": 0.6})
    assert server.client.post(f"{V1}/station/optics/reference").status_code == 204
    server.sink.write([Outcome(coil_id, "cam", ended=True, optics=Optics("cam", (60.0,) * 8, 0.8))])
    assert server.client.get(f"{V1}/station/optics?limit=1").json()["optics"][0]["warnings"] == []
