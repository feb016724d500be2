"""A coil as Asset Administration Shells over REST: JSON, and the package with the map and the defects."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from skelp.api.app import create_app
from skelp.config import load_station
from skelp.domain.errors import SkelpError
from skelp.domain.reasons import CoilDefectsDeleted
from skelp.model import facts_of
from tests.aas_readers import AI_TEMPLATE, faults_by_test_engines, faults_by_validate
from tests.models import CARD, bright_spots
from tests.station_server import V1, StationServer
from tests.unit.api.test_common_codes import NEWER, recorded
from tests.unit.domain.test_common_codes import CODES
from tests.unit.render.aas.shells import MODEL, PLATE
from tests.unit.render.aas.test_environment import elements, value

PLATE_TOML = """
[nameplate]
manufacturer = "Mill Machines Ltd"
product = "surface inspection station"
order_code = "SIS-1"
street = "1 Mill Road"
zipcode = "37673"
city = "Pohang"
country = "KR"
"""


def asked(server: StationServer, path: str, **changed: Any) -> Any:
    """The answer of a station with other services."""
    app = create_app(replace(server.services, **changed)) if changed else server.app
    with TestClient(app, base_url="http://localhost") as client:
        answer = client.get(f"{V1}{path}")
    assert answer.status_code == 200, answer.text
    return answer


def by_class(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [{e["idShort"]: e["value"] for e in row["value"]} for row in value(document, "Defects", "ByClass")]


def test_the_json_is_what_the_record_says_with_common_codes(server: StationServer) -> None:
    recorded(server, "K4711.a", CODES, "scratch", "scratch")
    document = asked(server, "/coils/K4711.a/aas").json()
    assert faults_by_test_engines(document) == faults_by_validate(document) == []
    record = server.client.get(f"{V1}/coils/K4711.a").json()
    assert value(document, "Decision", "Stands") == record["decision"]
    assert float(value(document, "Coverage", "LengthM")) == record["length_m"] == 20.0
    assert value(document, "Codes", "Sha256") == record["codes"]["sha256"]
    assert value(document, "Station", "FeedId") == server.reader.feed_id()
    (row,) = by_class(document)
    assert (row["Class"], row["Count"], row["PlantCode"], row["ClusterCode"]) == ("scratch", "2", "210", "SURF-SCR")
    assert row["Called"][1] == {"language": "ko", "text": "스크래치"}
    assert not [e for e in elements(document["submodels"][0]["submodelElements"]) if e["modelType"] == "File"]


def test_the_package_has_the_map_and_the_defects_and_a_name(server: StationServer) -> None:
    recorded(server, "K4711.a", CODES, "scratch")
    answer = asked(server, "/coils/K4711.a/coil.aasx?lang=ko", nameplate=PLATE, about_model=lambda _: MODEL)
    assert answer.headers["content-type"] == "application/asset-administration-shell-package"
    assert answer.headers["content-disposition"] == 'attachment; filename="K4711.a.aasx"'
    assert faults_by_test_engines(answer.content) == faults_by_validate(answer.content) == []
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        document = json.loads(package.read("aasx/data.json"))
        named = {e["idShort"]: e["value"][1:] for e in elements(document["submodels"][0]["submodelElements"]) if e["modelType"] == "File"}
        assert package.read(named["CoilMap"]).startswith(b"\x89PNG")
        assert package.read(named["DefectTable"]).decode() == server.client.get(f"{V1}/coils/K4711.a/defects?format=csv").text
    assert [s["idShort"] for s in document["submodels"]] == ["CoilSurfaceInspection", "Nameplate", "AIModelNameplate"]


def test_a_coil_of_coils_with_other_codes_has_those_that_all_defects_of_a_class_have(server: StationServer) -> None:
    recorded(server, "C1", CODES, "scratch")
    recorded(server, "C2", NEWER, "scratch", "patch")
    cuts = {"coil_id": "P1", "cuts": [{"coil_id": "C1"}, {"coil_id": "C2"}]}
    assert server.client.post(f"{V1}/coils/C1/derive", json=cuts).status_code == 201
    patch, scratch = by_class(asked(server, "/coils/P1/aas").json())
    assert (patch["PlantCode"], scratch["Count"], "PlantCode" in scratch) == ("9", "2", False)


def test_a_coil_whose_defects_were_deleted_says_so_and_has_no_files(server: StationServer) -> None:
    recorded(server, "C1", CODES, "scratch")
    with server.writer.transaction() as change:
        change.delete_defects("C1", 9, "2026-11-27")
    document = asked(server, "/coils/C1/aas").json()
    assert value(document, "Defects", "DeletedForTheirAge") == "true"
    reasons = value(document, "Decision", "BySkelp", "Reasons")
    assert CoilDefectsDeleted(1, 0).code.value in {e["value"] for r in reasons for e in r["value"] if e["idShort"] == "Code"}
    with zipfile.ZipFile(io.BytesIO(asked(server, "/coils/C1/coil.aasx").content)) as package:
        assert not [name for name in package.namelist() if "files" in name]


def test_a_running_coil_is_not_final_and_an_unknown_one_is_404(server: StationServer) -> None:
    coil_id = server.expose(0, 32)
    document = asked(server, f"/coils/{coil_id}/aas").json()
    assert (value(document, "Status"), value(document, "Decision", "Stands")) == ("running", "hold")
    assert server.client.get(f"{V1}/coils/none/aas").status_code == server.client.get(f"{V1}/coils/none/coil.aasx").status_code == 404


def test_a_nameplate_needs_what_its_template_demands(tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    camera = '[[cameras]]\nkind = "synthetic"\n'
    file.write_text(PLATE_TOML + camera)
    told = load_station(file).nameplate
    assert told
    assert told.nameplate == replace(PLATE, serial_number="")
    for line in PLATE_TOML.strip().splitlines()[1:]:
        file.write_text(PLATE_TOML.replace(line, "") + camera)
        with pytest.raises(SkelpError, match=f"nameplate.{line.split()[0]}: Field required"):
            load_station(file)
    file.write_text(camera)
    assert load_station(file).nameplate is None


def test_the_card_of_a_model_makes_its_nameplate(server: StationServer, tmp_path: Path) -> None:
    from skelp.inference.model_file import ModelFile  # noqa: PLC0415 - only this test opens a model

    trained = {
        "trained_on": [{"name": "mine", "sha256": "3" * 64}],
        "quality": {"mine": {"found": 0.9}},
        "licence": "MIT",
        "trained_with": {"net": "s"},
    }
    made = facts_of(ModelFile.open(bright_spots(tmp_path / "m.onnx", CARD | trained)))
    recorded(server, "C1", None)
    document = asked(server, "/coils/C1/aas", about_model=lambda _: made).json()
    assert faults_by_validate(document, AI_TEMPLATE) == []
    plate = {e["idShort"]: e.get("value") for e in elements(document["submodels"][1]["submodelElements"])}
    assert (plate["Version"], plate["Storage"], plate["KindOfLearning"]) == (
        "1",
        f"sha256:{made.id.sha256}",
        [{"language": "en", "text": "supervised"}],
    )
    untrained = facts_of(ModelFile.open(bright_spots(tmp_path / "n.onnx")))
    document = asked(server, "/coils/C1/aas", about_model=lambda _: untrained).json()
    assert faults_by_validate(document, AI_TEMPLATE) == []
    assert "value" not in next(e for e in document["submodels"][1]["submodelElements"] if e["idShort"] == "KindOfLearning")
