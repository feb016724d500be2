"""What a host may ask, and what nobody may."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp_languages.mqtt.codec import DataType, Metric, Payload, encode
from skelp_languages.mqtt.commands import Commands, commands_in

REBIRTH = Metric("Node Control/Rebirth", DataType.BOOLEAN, True, 1)


def resend(value: int, datatype: DataType = DataType.INT64) -> Metric:
    return Metric("Feed/Resend After", datatype, value, 1)


def asked(*metrics: Metric, for_node: bool) -> Commands:
    return commands_in(encode(Payload(1, None, metrics)), for_node=for_node)


def test_each_is_done_once_however_often_a_message_has_it() -> None:
    assert asked(*[REBIRTH] * 100, for_node=True) == Commands(rebirth=True)
    assert asked(resend(9), resend(4), resend(7), for_node=False) == Commands(resend_after=4)
    assert asked(resend(0, DataType.UINT32), for_node=False) == Commands(resend_after=0)
    assert asked(for_node=True) == Commands()


@pytest.mark.parametrize(
    ("metric", "for_node"),
    [
        (REBIRTH, False), (resend(1), True), (resend(-1), False), (resend(2**63, DataType.UINT64), False),
        (resend(1, DataType.DATETIME), False),
        (Metric("Node Control/Rebirth", DataType.BOOLEAN, False, 1), True),
        (Metric("Node Control/Rebirth", DataType.STRING, "true", 1), True),
        (Metric("Feed/Resend After", DataType.BOOLEAN, True, 1), False), (Metric("Feed/Resend After", DataType.INT64, None, 1), False),
        (Metric("Feed/Resend After", DataType.DOUBLE, 3.0, 1), False), (Metric("Coil/Decision", DataType.STRING, "accept", 1), False),
        (Metric("", DataType.BOOLEAN, True, 1, alias=3), True),
    ],
)  # fmt: skip
def test_what_is_no_command_does_nothing_and_is_named(metric: Metric, for_node: bool) -> None:
    found = asked(metric, for_node=for_node)
    assert (found.rebirth, found.resend_after) == (False, None)
    assert found.unknown is not None


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, for_node: bool) -> None:
    try:
        commands_in(data, for_node=for_node)
    except ValueError:
        return
