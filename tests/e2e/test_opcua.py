"""`skelp opcua` of a real station, by node-opcua, a client that nobody of skelp wrote: it knows the nodeset by itself."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from skelp_client import Station
from tests.e2e.test_station import Running, started, station_file
from tests.opcua_client import SKELP, Answer, Client, OpcUa, identified, make_token, number, serving, text, wait_for
from tests.sockets import free_port

AUTOMATIC = "VisionStateMachine/AutomaticModeStateMachine"
FIELDS = ["EventId", "EventType", "SourceName", "Message", "Severity", "ResultId", "PartId", "MeasId", "JobId", "IsPartial", "ResultState",
          "InternalRecipeId", "ProcessingTimes", "ResultContent"]  # fmt: skip
EVENT, RESULT_READY = "i=2041", "MV;i=1024"
CAUSE = [number(0), text("shift ends")]
OPEN = 'anonymous = "reads"\nno_security = true\n'


@dataclass
class Plant:
    """A station with tokens, its OPC UA server, and a client with sessions: `reader`, `mes` and `anonymous`."""

    station: Running
    server: OpcUa
    client: Client
    tokens: dict[str, str]

    @property
    def rest(self) -> Station:
        return self.station.client

    def pass_coil(self, coil_id: str) -> Any:
        """Pass a coil, and wait until it is final. Returns its record as REST gives it."""
        self.rest.announce(coil_id)
        self.station.wait_for_coil(coil_id, lambda c: c.lines > 1000)
        self.rest.finish(coil_id)
        self.station.wait_for_coil(coil_id, lambda c: c.status == "final")
        return self.rest.coil(coil_id)


def guarded_station(folder: Path, port: int = 0) -> tuple[Path, dict[str, str]]:
    """The file of a station that asks for tokens, and tokens of it."""
    file = station_file(folder, limit=140)
    file.write_text(file.read_text().replace("port = 0", f"port = {port}\ntokens = true"))
    tokens = {name: make_token(file, name, role) for name, role in (("mes-1", "mes"), ("scada", "reader"), ("kim", "operator"))}
    (folder / "mes.token").write_text(tokens["mes-1"])
    (folder / "mes.token").chmod(0o600)
    return file, tokens


@contextmanager
def asked_by(station: Running, token: str) -> Iterator[Station]:
    """REST of a station that asks for tokens."""
    with Station(station.address, token=token, retry_s=5) as rest:
        station.client = rest
        yield rest


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    folder = tmp_path_factory.mktemp("opcua")
    with Client(folder) as client:
        file, tokens = guarded_station(folder)
        with started(file) as station, asked_by(station, tokens["mes-1"]), serving(folder, station.address, more=OPEN) as server:
            assert client.connect("anonymous", server.url) == "Good"
            assert client.connect("first", server.url, "Basic256Sha256", "scada", tokens["scada"]) == "BadSecurityChecksFailed"
            server.trust_all()
            assert client.connect("reader", server.url, "Basic256Sha256", "scada", tokens["scada"]) == "Good"
            assert client.connect("mes", server.url, "Aes256_Sha256_RsaPss", "mes-1", tokens["mes-1"]) == "Good"
            yield Plant(station, server, client, tokens)


def test_the_address_space_is_the_nodesets(plant: Plant) -> None:
    """The client loads the nodeset from its own package: every node of it, every mandatory part of the vision system, every argument."""
    found = plant.client.do("compare", name="anonymous")
    assert found["differences"] == []
    assert found["types"] == 790
    assert found["instances"] == 97


def test_what_is_offered_is_encrypted_or_for_anonymous_readers(plant: Plant) -> None:
    offered = {e["policy"]: (e["mode"], sorted(e["users"])) for e in plant.client.do("endpoints", url=plant.server.url)}
    both = ("SignAndEncrypt", ["Anonymous", "UserName"])
    assert offered == {"None": ("None", ["Anonymous"]), "Basic256Sha256": both, "Aes256_Sha256_RsaPss": both}


@pytest.mark.parametrize(
    ("policy", "user", "token", "status"),
    [
        ("Basic256Sha256", "scada", "skelp_wrong", "BadUserAccessDenied"),
        ("Basic256Sha256", "mes-1", "scada", "BadUserAccessDenied"),  # another's name
        ("Aes256_Sha256_RsaPss", "admin", "anything", "BadUserAccessDenied"),
        ("Basic256", "scada", "scada", "Bad"),  # not offered
        ("Basic256Sha256", None, None, "Good"),  # anonymous, encrypted
    ],
)
def test_nobody_comes_in_with_a_wrong_token(plant: Plant, policy: str, user: str | None, token: str | None, status: str) -> None:
    found = plant.client.connect("other", plant.server.url, policy, user, plant.tokens.get(token or "", token))
    plant.client.do("close", name="other")
    assert found == status or (status == "Bad" and found != "Good")


def test_a_result_is_heard_on_three_nodes_with_one_id_and_says_what_rest_says(plant: Plant) -> None:
    for node, kind in (("Server", EVENT), ("", RESULT_READY), (AUTOMATIC, "")):
        assert plant.client.do("subscribe", name="reader", path=node, type=kind, fields=FIELDS)["status"] == "Good"
    coil = plant.pass_coil("K1")

    def is_final(events: list[Answer]) -> bool:
        return any(e["ResultId"]["id"] == "K1" and not e["IsPartial"] for e in events)

    heard = [plant.client.results("reader", is_final, node) for node in ("Server", "", AUTOMATIC)]
    (event,) = [e for e in heard[0] if e["ResultId"]["id"] == "K1" and not e["IsPartial"]]
    assert all(sum(e["EventId"] == event["EventId"] for e in events) == 1 for events in heard)
    assert (event["EventType"].split(";")[1], event["SourceName"], event["ResultState"]) == ("i=1024", "AutomaticModeStateMachine", 1)
    assert [event[k]["id"] for k in ("PartId", "MeasId", "JobId")] == ["K1"] * 3
    assert event["InternalRecipeId"]["hash"]["hex"] == coil.recipe.sha256
    (content,) = event["ResultContent"]
    assert (content["decision"], content["defects"], content["lengthM"]) == (coil.decision, coil.defects, coil.length_m)
    assert content["reasonCodes"] == [r.code for r in coil.reasons]
    assert json.loads(content["record"])["coil_id"] == "K1"
    assert content["feedSeq"][1] > 0


def test_what_changes_a_final_coil_is_a_new_result(plant: Plant) -> None:
    assert plant.client.do("subscribe", name="mes", path="Server", type=RESULT_READY, fields=FIELDS)["status"] == "Good"
    plant.pass_coil("K2")
    plant.rest.correct("K2", name="K2-right")
    plant.client.results("mes", lambda events: any(e["PartId"]["id"] == "K2-right" for e in events))
    with Station(plant.station.address, token=plant.tokens["kim"], retry_s=0) as operator:
        operator.override("K2", "scrap", "seen by eye")
    events = plant.client.results("mes", lambda found: any(e["ResultContent"][0]["decision"] == "scrap" for e in found))
    last = events[-1]["ResultContent"][0]
    assert (last["coilId"], last["name"], last["decidedBy"]) == ("K2", "K2-right", "person")
    seqs = [e["ResultContent"][0]["feedSeq"][1] for e in events]
    assert seqs == sorted(set(seqs))


def test_results_are_asked_for_by_methods_with_structures(plant: Plant) -> None:
    plant.pass_coil("K3")
    one = identified("ResultIdDataType", "K3")
    handle, found, error = plant.client.outputs("reader", "ResultManagement/GetResultById", one, number(0))
    assert (handle > 0, found["resultId"]["id"], found["resultState"], error) == (True, "K3", 1, 0)
    parts = plant.client.outputs("reader", "ResultManagement/GetResultComponentsById", one, number(0))
    assert (len(parts), parts[4], parts[6]["id"], parts[16]) == (17, 1, "K3", 0)
    assert parts[15] == found["resultContent"]
    listed = plant.client.outputs("reader", "ResultManagement/GetResultListFiltered", *all_results(part="K3"))
    assert (listed[0], listed[1], [r["resultId"]["id"] for r in listed[3]], listed[4]) == (True, 1, ["K3"], 0)
    assert plant.client.outputs("reader", "ResultManagement/GetResultById", identified("ResultIdDataType", "K9"), number(0))[2] == -1


def all_results(part: str = "", most: int = 0, start: int = 0) -> list[Answer]:
    """The arguments of GetResultListFiltered."""
    kinds = ["MeasIdDataType", "PartIdDataType", "RecipeIdExternalDataType", "RecipeIdInternalDataType", "ConfigurationIdDataType",
             "ConfigurationIdDataType", "ProductIdDataType", "JobIdDataType"]  # fmt: skip
    ids = [identified(kind, part if kind == "PartIdDataType" else "") for kind in kinds]
    return [number(0), *ids, number(most, "UInt32"), number(start, "UInt32"), number(0)]


def test_recipes_and_configurations_are_read(plant: Plant) -> None:
    asked = [identified("RecipeIdExternalDataType", ""), identified("ProductIdDataType", ""), number(2)]
    found = plant.client.outputs(
        "reader", "RecipeManagement/GetRecipeListFiltered", *asked, number(0, "UInt32"), number(0, "UInt32"), number(0)
    )
    recipe = plant.rest.recipes()[0]
    assert [(r["id"], r["hash"]["hex"]) for r in found[3]] == [(recipe.name, recipe.sha256)]
    status = plant.rest.status()
    found = plant.client.outputs(
        "reader", "ConfigurationManagement/GetConfigurationList", number(0, "UInt32"), number(0, "UInt32"), number(0)
    )
    assert [c["internalId"]["id"] for c in found[3]] == [f"{status.model.name} {status.model.version}", "calibration"]
    active = plant.client.do("read", name="reader", path="ConfigurationManagement/ActiveConfiguration")["value"]
    assert active["internalId"]["hash"]["hex"] == status.model.sha256


def test_the_result_file_has_the_coils_defects(plant: Plant) -> None:
    plant.pass_coil("K4")
    options = {"type": "ResultTransferOptions", "value": {"id": {"structure": "ResultIdDataType", "value": {"id": "K4"}}}}
    file, handle, _ = plant.client.outputs("reader", "ResultManagement/ResultTransfer/GenerateFileForRead", options)
    content = b""
    at = number(handle, "UInt32")
    while piece := bytes.fromhex(plant.client.outputs("reader", f"{file}/Read", at, number(100))[0]["hex"]):
        content += piece
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [r["defect_id"] for r in rows] == [d.defect_id for d in plant.rest.defects("K4")]
    assert plant.client.call("reader", f"{file}/Write", at, {"type": "ByteString", "value": None})["status"] == "BadNotExecutable"
    assert plant.client.outputs("reader", f"{file}/Close", at) == []


@pytest.mark.parametrize(
    ("who", "path", "arguments", "status"),
    [
        ("anonymous", f"{AUTOMATIC}/Stop", CAUSE, "BadUserAccessDenied"),
        ("reader", f"{AUTOMATIC}/Stop", CAUSE, "BadUserAccessDenied"),
        ("mes", f"{AUTOMATIC}/Abort", CAUSE, "BadNotExecutable"),
        ("mes", "VisionStateMachine/Halt", CAUSE, "BadNotExecutable"),
        ("mes", f"{AUTOMATIC}/Stop", CAUSE[:1], "BadArgumentsMissing"),
        ("mes", f"{AUTOMATIC}/Stop", [*CAUSE, number(1)], "BadTooManyArguments"),
        ("mes", f"{AUTOMATIC}/Stop", CAUSE[::-1], "BadInvalidArgument"),
        ("mes", "RecipeManagement/PrepareRecipe", [], "BadNotExecutable"),
        ("mes", "ConfigurationManagement/ActivateConfiguration", [], "BadNotExecutable"),
    ],
)
def test_refusals_say_why(plant: Plant, who: str, path: str, arguments: list[Answer], status: str) -> None:
    wait_for(lambda: plant.client.state("mes"), lambda state: state == "ContinuousExecution")
    answer = plant.client.call(who, path, *arguments)
    assert answer["status"] == status
    if status == "BadInvalidArgument":
        assert answer["arguments"] == ["BadTypeMismatch", "BadTypeMismatch"]


def test_nobody_writes_a_variable(plant: Plant) -> None:
    for path in ("SystemState", "ConfigurationManagement/ActiveConfiguration", "VisionStateMachine/CurrentState"):
        assert plant.client.do("write", name="mes", path=path, type="Int32", value=1)["status"] in ("BadUserAccessDenied", "BadNotWritable")


def test_a_client_ends_a_coil_in_its_own_name(plant: Plant) -> None:
    plant.rest.announce("K5")
    plant.station.wait_for_coil("K5", lambda c: c.lines > 500)
    wait_for(lambda: plant.client.do("read", name="mes", path="SystemState"), lambda found: found["value"]["state"] == 1)
    plant.rest.announce("K6")  # the server has not looked at the station since
    assert plant.client.outputs("mes", f"{AUTOMATIC}/Stop", *CAUSE) == [0]
    for ended in ("K5", "K6"):
        plant.station.wait_for_coil(ended, lambda c: c.status == "final")


def final_coils(rest: Station) -> set[str]:
    return {c.coil_id for c in rest.coils() if c.status == "final"}


def listed(client: Client, name: str) -> dict[str, Answer]:
    """Every result that a client gets by asking until the list is complete."""
    found: dict[str, Answer] = {}
    while True:
        complete, _, _, results, error = client.outputs(
            name, "ResultManagement/GetResultListFiltered", *all_results(most=3, start=len(found))
        )
        assert error == 0
        found |= {r["resultId"]["id"]: r for r in results}
        if complete:
            return found


def test_after_kill_9_of_the_server_and_of_the_station_every_final_coil_is_there(tmp_path: Path) -> None:
    port, station_port = free_port(), free_port()
    with Client(tmp_path) as client:
        file, tokens = guarded_station(tmp_path, station_port)
        address = f"http://127.0.0.1:{station_port}"
        with started(file) as station, asked_by(station, tokens["mes-1"]) as rest:
            with serving(tmp_path, address, port=port, more=OPEN) as server:
                assert client.connect("a", server.url) == "Good"
                rest.announce("K1")
                station.wait_for_coil("K1", lambda c: c.lines > 1000)
                server.kill()
            rest.announce("K2")  # K1 becomes final while nobody serves
            station.wait_for_coil("K2", lambda c: c.lines > 1000)
            station.wait_for_coil("K1", lambda c: c.status == "final")
            with serving(tmp_path, address, port=port, more=OPEN) as server:
                assert client.connect("b", server.url) == "Good"
                assert final_coils(rest) <= set(listed(client, "b")) > {"K1"}
                assert client.do("subscribe", name="b", path="Server", type=RESULT_READY, fields=FIELDS)["status"] == "Good"
                station.process.send_signal(signal.SIGKILL)
                station.process.wait(20)
                wait_for(lambda: client.state("b"), lambda state: state == "Preoperational")
                call = client.call("b", "ResultManagement/GetResultById", identified("ResultIdDataType", "K1"), number(0))
                assert call["status"] == "BadNoCommunication"
                with started(file) as again, asked_by(again, tokens["mes-1"]):
                    again.wait_for_coil("K2", lambda c: c.status == "final")
                    events = client.results("b", lambda found: any(e["ResultId"]["id"] == "K2" for e in found))
                    cut = next(e for e in events if e["ResultId"]["id"] == "K2")
                    assert (cut["ResultState"], cut["ResultContent"][0]["decision"]) == (3, "hold")
                    wait_for(lambda: client.state("b"), lambda state: state == "ContinuousExecution")
                    assert final_coils(again.client) <= set(listed(client, "b"))
                    assert client.outputs("b", "ResultManagement/GetResultById", identified("ResultIdDataType", "K1"), number(0))[2] == 0
                assert server.end() == 0


def test_without_asyncua_the_command_says_what_to_install(tmp_path: Path) -> None:
    hidden = f"import sys, importlib.util as u; f = u.find_spec; u.find_spec = lambda n, *a: None if n == 'asyncua' else f(n, *a)\n{SKELP}"
    done = subprocess.run(
        [sys.executable, "-c", hidden, "opcua", str(tmp_path / "x.toml")], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "pip install 'skelp-languages[opcua]==" in done.stderr
