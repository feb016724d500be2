"""What a host may ask of the node, read from a payload that anybody may have sent."""

from __future__ import annotations

from dataclasses import dataclass

from skelp_languages.mqtt.codec import INTEGERS, DataType, Metric, decode
from skelp_languages.mqtt.coil_metrics import RESEND_AFTER
from skelp_languages.mqtt.station_metrics import REBIRTH

_LARGEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Commands:
    """What one message asks for, each at most once. `unknown`: the name of the first metric that is no command."""

    rebirth: bool = False
    resend_after: int | None = None
    unknown: str | None = None


def commands_in(payload: bytes, *, for_node: bool) -> Commands:
    """The commands of an NCMD (`for_node`) or a DCMD. Raises ValueError if it is no payload."""
    rebirth, after, unknown = False, None, None
    for metric in decode(payload).metrics:
        if for_node and metric.name == REBIRTH and metric.value is True:
            rebirth = True
        elif not for_node and metric.name == RESEND_AFTER and (event := _event(metric)) is not None:
            after = event if after is None else min(after, event)
        elif unknown is None:
            unknown = f"{metric.name[:80]} = {str(metric.value)[:40]}"
    return Commands(rebirth, after, unknown)


def _event(metric: Metric) -> int | None:
    """The number of an event, 0 for the feed's begin."""
    whole = metric.value
    if isinstance(whole, bool) or not isinstance(whole, int) or metric.datatype not in {*INTEGERS, DataType.UNKNOWN}:
        return None
    return whole if 0 <= whole <= _LARGEST else None
