"""The environment of a coil: the shells of the coil, of the station and of the model, with their submodels."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from skelp.domain.nameplate import ModelFacts
from skelp.render.aas.coil import CoilFacts, inspection
from skelp.render.aas.elements import shortened, to_submodel
from skelp.render.aas.nameplates import ai_nameplate, nameplate

BASE = "https://skelp.dev/id"
_LONGEST_ID = 2000


def environment(facts: CoilFacts, model: ModelFacts | None) -> dict[str, Any]:
    """The environment in JSON of the metamodel 3.0. `model` None: the card of the coil's model is not at hand."""
    coil, station = facts.summary.coil, facts.station
    of_coil, of_station = f"{BASE}/coil/{station.feed_id}/{quote(coil.coil_id, safe='~')}", f"{BASE}/station/{station.feed_id}"
    submodels = [inspection(f"{of_coil}/CoilSurfaceInspection/{coil.revision}", facts)]
    known = {"coilId": coil.coil_id, "coilName": coil.name, "heat": coil.heat}
    shells = [_shell("Coil", of_coil, [submodels[0]["id"]], {name: value for name, value in known.items() if value})]
    plates = []
    if station.nameplate:
        submodels.append(nameplate(f"{of_station}/Nameplate", station.nameplate, of_station, station.version))
        plates = [submodels[-1]["id"]]
    shells.append(_shell("Station", of_station, plates, {"stationName": station.name}))
    if model:
        of_model = f"{BASE}/model/{model.id.sha256}"
        submodels.append(ai_nameplate(f"{of_model}/AIModelNameplate", model, of_model))
        shells.append(_shell("Model", of_model, [submodels[-1]["id"]], {"modelSha256": model.id.sha256}))
    return {"assetAdministrationShells": shells, "submodels": submodels}


def _shell(name: str, asset: str, submodels: list[str], known_by: dict[str, str]) -> dict[str, Any]:
    ids = [{"name": key, "value": shortened(value, _LONGEST_ID)} for key, value in known_by.items()]
    kind = {"assetKind": "Instance", "globalAssetId": asset, "specificAssetIds": ids}
    of = [to_submodel(submodel) for submodel in submodels]
    shell = {"modelType": "AssetAdministrationShell", "id": f"{asset}/aas", "idShort": name, "assetInformation": kind}
    return shell | ({"submodels": of} if of else {})
