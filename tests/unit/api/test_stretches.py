"""Heavy stretches of a coil: computed from its stored defects, also while it runs, and on its map."""

from __future__ import annotations

from skelp.domain.strip import Side
from tests.fakes import defect
from tests.station_server import V1, StationServer


def test_many_defects_are_one_stretch_which_grows_with_the_coil(each_server: StationServer) -> None:
    server = each_server
    server.client.post(f"{V1}/coils", json={"coil_id": "C1"})
    server.expose(0, 100)
    address = f"{V1}/coils/C1/stretches"
    empty = server.client.get(address)
    assert empty.json() == {"coil_id": "C1", "stretches": []}
    few = {"length_mm": 10.0, "width_mm": 4.0, "side": Side.BOTTOM}
    for first, last in ((0, 60), (60, 100)):
        ids = range(first, last)
        found = [defect(n, defect_id=f"C1-{n:06d}", along_mm=5000.0 + 50 * n, across_mm=300.0 + n % 7, **few) for n in ids]
        with server.writer.transaction() as change:
            change.add_defects(found)
            change.add_defects([defect(n, defect_id=f"C1-{n + 500:06d}", along_mm=5000.0, severity=0, **few) for n in ids])
            change.record_progress("C1", line_rate_hz=None, reach_mm=0)
    answer = server.client.get(address, headers={"If-None-Match": empty.headers["ETag"]})
    assert answer.status_code == 200
    (stretch,) = answer.json()["stretches"]
    assert stretch == {
        "stretch_id": "C1-H1", "coil_id": "C1", "side": "bottom", "class": "scratch", "from_mm": 5005.0, "to_mm": 9955.0,
        "across_from_mm": 302.0, "across_to_mm": 308.0, "defects": 100, "by_class": {"scratch": 100}, "area_mm2": 4000.0, "per_m": 20.2,
        "severity": 2,
    }  # fmt: skip
    again = server.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert server.client.get(f"{V1}/coils/C1/map.png").headers["content-type"] == "image/png"
    assert server.client.get(f"{V1}/coils/none/stretches").status_code == 404
