"""The cable between `skelp level2` and level 2 is pulled: no packet passes, and nobody is told. Every final coil arrives, once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cable import Cable
from tests.conftest import ROOT
from tests.e2e.test_level2 import SETTINGS, Process, skelp
from tests.e2e.test_station import started, station_file
from tests.node import node
from tests.opcua_client import wait_for
from tests.sockets import free_port


def test_every_final_coil_arrives_through_a_cable_that_was_pulled(tmp_path: Path) -> None:
    with Cable(180) as cable, started(station_file(tmp_path)) as station:
        port, store, log = free_port(), tmp_path / "store.jsonl", tmp_path / "level2.log"
        layout = tmp_path / "layout.toml"
        layout.write_text((ROOT / "edge" / "level2-layout.toml").read_text().replace("class:scratch", "class:bright"))
        text = SETTINGS.format(layout=layout, station=station.address, port=port)
        text = text.replace(f'"127.0.0.1:{port}"', f'"{cable.near}:{port}"\npeers = ["{cable.far}"]').replace(
            "alive_within_s = 30", "alive_within_s = 4"
        )
        (tmp_path / "level2.toml").write_text(text)
        level2 = Process(skelp("run", str(tmp_path / "level2.toml")), log)
        program = str(ROOT / "tests/e2e/level2_reader.mjs")
        reader = Process([*cable.inside, node(), program, str(port), str(store), cable.near], tmp_path / "reader.log")

        def results() -> list[dict[str, Any]]:
            lines = store.read_text().splitlines(keepends=True) if store.exists() else []
            rows = [json.loads(line) for line in lines if line.endswith("\n")]
            return [row for row in rows if row.get("code") == "SIL201"]

        def arrives(coil_id: str) -> None:
            wait_for(results, lambda rows: coil_id in {row["name"] for row in rows}, seconds=90)

        try:
            station.roll("K1")
            arrives("K1")
            cable.pull()
            station.roll("K2")
            wait_for(log.read_text, lambda said: "level 2 said nothing for 4 s" in said)
            station.roll("K3")
            cable.plug()
            arrives("K3")
            arrived, final = {row["name"] for row in results()}, station.finals()
            assert set(final[: final.index("K3") + 1]) <= arrived <= set(final), "those between, which the station began by itself, too"
            once = [row["seq"] for row in results() if row["repeat"] != "Y"]
            assert len(once) == len(set(once))
        finally:
            reader.kill()
            level2.kill()
