"""Reasons and events keep their values over JSON and the process pipe, and every code and kind has one class."""

from __future__ import annotations

import json
import pickle
from dataclasses import fields
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from skelp.domain.events import PAYLOADS, Kind, Payload
from skelp.domain.reasons import Code, Reason
from skelp.domain.reasons.code import CLASSES

SAMPLES = {str: "x", int: 3, float: 0.25, bool: True}


def sample(hint: Any) -> Any:
    """A value of a field's type."""
    if isinstance(hint, UnionType):
        return sample(next(a for a in get_args(hint) if a is not type(None)))
    if get_origin(hint) is tuple:
        return (sample(get_args(hint)[0]),) * 2
    if hint is Reason:
        return filled(CLASSES[Code.CAMERA_PROCESS_ENDED])
    if issubclass(hint, StrEnum):
        return list(hint)[-1]
    return SAMPLES[hint]


def filled(kind: type[Any]) -> Any:
    """A value of the class with every field set."""
    hints = get_type_hints(kind)
    return kind(**{f.name: sample(hints[f.name]) for f in fields(kind)})


REASONS = [filled(CLASSES[code]) for code in Code]
EVENTS = [filled(PAYLOADS[kind]) for kind in Kind]


@pytest.mark.parametrize("reason", REASONS, ids=lambda r: r.code.value)
def test_a_reason_keeps_its_arguments(reason: Reason) -> None:
    stored = json.loads(json.dumps({"code": reason.code, "args": reason.args}))
    assert Reason.coded(stored["code"], stored["args"]) == reason
    assert pickle.loads(pickle.dumps(reason)) == reason
    assert hash(reason) == hash(Reason.coded(stored["code"], stored["args"]))
    assert len(reason.args) == len(fields(reason))  # type: ignore[arg-type] # every reason is a dataclass


@pytest.mark.parametrize("payload", EVENTS, ids=lambda p: p.kind.value)
def test_an_event_keeps_its_data(payload: Payload) -> None:
    assert Payload.of(payload.kind, json.loads(json.dumps(payload.data))) == payload
    assert pickle.loads(pickle.dumps(payload)) == payload


def test_what_a_reason_or_an_event_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no\.such"):
        Reason.coded("no.such", {})
    with pytest.raises(TypeError, match="frame_lines"):
        Reason.coded(Code.LINE_FRAME_SHORT, {})
    with pytest.raises(TypeError, match="camera"):
        Payload.of(Kind.CAMERA_BACK, {"away_s": 1.0})
