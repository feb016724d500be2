"""A coil's defects as a file that a client reads in pieces."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

import pytest
from asyncua import ua

from skelp_client import Defect
from skelp_languages.opcua import transfer
from skelp_languages.opcua.defects_file import defects_csv
from skelp_languages.opcua.values import boxed, structure
from tests.unit.languages.opcua.conftest import System

CONTENT = bytes(range(256)) * 40


def number(value: int, kind: ua.VariantType) -> ua.Variant:
    return ua.Variant(value, kind)


def generate(system: System, coil_id: str = "K4711") -> ua.CallMethodResult:
    options = structure("ResultTransferOptions", Id=structure("ResultIdDataType", Id=coil_id))
    return system.call("ResultManagement.ResultTransfer.GenerateFileForRead", boxed(options))


def opened(system: System) -> tuple[str, int]:
    node, handle, machine = [o.Value for o in generate(system).OutputArguments]
    assert machine == ua.NodeId()
    return node.to_string(), handle


def close(system: System, file: str, handle: int) -> Any:
    return system.call(f"{file}.Close", number(handle, ua.VariantType.UInt32)).StatusCode.value


def test_a_file_is_read_in_pieces_from_any_place_and_is_gone_when_it_is_closed(system: System) -> None:
    nodes = set(system.made.inside.aspace.keys())
    system.station.csv = CONTENT
    file, handle = opened(system)
    at = number(handle, ua.VariantType.UInt32)

    def read(most: int) -> bytes:
        (found,) = system.outputs(f"{file}.Read", at, number(most, ua.VariantType.Int32))
        return bytes(found)

    pieces = [read(4096) for _ in range(4)]
    assert b"".join(pieces) == CONTENT
    assert pieces[-1] == b""
    system.outputs(f"{file}.SetPosition", at, number(100, ua.VariantType.UInt64))
    assert (read(8), system.outputs(f"{file}.GetPosition", at)) == (CONTENT[100:108], [108])
    system.outputs(f"{file}.SetPosition", at, number(10**9, ua.VariantType.UInt64))
    assert read(8) == b""
    assert close(system, file, handle) == ua.StatusCodes.Good
    assert close(system, file, handle) == ua.StatusCodes.BadNodeIdInvalid
    assert set(system.made.inside.aspace.keys()) == nodes


def test_two_handles_read_by_themselves_and_the_last_one_ends_the_file(system: System) -> None:
    system.station.csv = CONTENT
    file, first = opened(system)
    (second,) = system.outputs(f"{file}.Open", number(1, ua.VariantType.Byte))
    value = system.server.read_attribute_value(ua.NodeId.from_string(f"{file}.OpenCount"))
    assert value.Value.Value == 2
    read = [number(first, ua.VariantType.UInt32), number(10, ua.VariantType.Int32)]
    assert system.outputs(f"{file}.Read", *read) == [CONTENT[:10]]
    assert close(system, file, first) == ua.StatusCodes.Good
    assert system.call(f"{file}.Read", *read).StatusCode.value == ua.StatusCodes.BadInvalidArgument
    read[0] = number(second, ua.VariantType.UInt32)
    assert system.outputs(f"{file}.Read", *read) == [CONTENT[:10]]
    assert close(system, file, second) == ua.StatusCodes.Good


def test_nothing_is_written_and_what_there_is_not_is_refused(system: System) -> None:
    codes = ua.StatusCodes
    assert generate(system, "K9").StatusCode.value == codes.BadInvalidArgument
    system.station.csv = None
    assert generate(system).StatusCode.value == codes.BadNoDataAvailable
    system.station.csv = b"x"
    file, handle = opened(system)
    at = number(handle, ua.VariantType.UInt32)
    assert system.call(f"{file}.Open", number(2, ua.VariantType.Byte)).StatusCode.value == codes.BadNotWritable
    assert system.call(f"{file}.Write", at, ua.Variant(b"y", ua.VariantType.ByteString)).StatusCode.value == codes.BadNotExecutable
    assert system.call(f"{file}.Read", at, number(-1, ua.VariantType.Int32)).StatusCode.value == codes.BadInvalidArgument
    for name in ("GenerateFileForWrite", "CloseAndCommit"):
        assert system.call(f"ResultManagement.ResultTransfer.{name}").StatusCode.value == codes.BadNotExecutable
    close(system, file, handle)


def test_there_are_not_more_files_than_a_few_and_what_nobody_reads_is_closed(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [opened(system) for _ in range(transfer.MOST_FILES)]
    assert generate(system).StatusCode.value == ua.StatusCodes.BadTooManyOperations
    for file, handle in many:
        close(system, file, handle)
    monkeypatch.setattr(transfer, "HELD_S", 0.0)
    file, _ = opened(system)

    async def is_gone() -> bool:
        for _ in range(200):
            await asyncio.sleep(0.01)
            if ua.NodeId.from_string(file) not in system.made.inside.aspace:
                return True
        return False

    assert system.run(is_gone())


def test_the_file_has_a_defect_a_line_with_the_plants_code() -> None:
    defect = Defect(
        "K1-1", "K1", 'scr"atch, 긁힘', "SC", 3, 0.9, 0.8, "top", "top-1", 1000.5, 20.0, 5.0, 1.0, 4.5, -0.1, 0.2, True, 1, 2, 3, 4, 5
    )
    rows = list(csv.DictReader(io.StringIO(defects_csv([defect, defect]).decode())))
    assert len(rows) == 2
    assert (rows[0]["class"], rows[0]["code"], rows[0]["along_mm"], rows[0]["cut_by_gap"]) == ('scr"atch, 긁힘', "SC", "1000.5", "true")
