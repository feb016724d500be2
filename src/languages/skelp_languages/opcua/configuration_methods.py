"""ConfigurationManagement: a station's configurations are its model, by its hash, and its calibration. They are read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime

from skelp_client import Hashed, StationStatus
from skelp_languages.opcua.asked import AskedStation
from skelp_languages.opcua.machine_vision import Answer
from skelp_languages.opcua.methods import READ, Methods
from skelp_languages.opcua.results import BEGINNING, hashed_id, instant
from skelp_languages.opcua.space import Space
from skelp_languages.opcua.upstream.methods import Outputs
from skelp_languages.opcua.values import Handles, Structure, asked_id, boxed, boxes, count, number, structure, truth

CALIBRATION = "calibration"


class ConfigurationMethods:
    """What ConfigurationManagement's methods do, and its ActiveConfiguration."""

    def __init__(self, station: AskedStation, space: Space, handles: Handles) -> None:
        self._station, self._space, self._handles = station, space, handles
        self._active: str | None = None

    async def offer(self, methods: Methods) -> None:
        node = self._space.configurations
        await methods.offer(node, READ, self.get_configuration_list)
        await methods.offer(node, READ, self.get_configuration_by_id)
        await methods.close_all(node, "ActivateConfiguration")
        await self._write_active(_configuration(Hashed("", ""), BEGINNING))

    async def show(self, status: StationStatus) -> None:
        """Say which model inspects."""
        if status.model.sha256 != self._active:
            (active, *_) = await self._configurations(status)
            await self._write_active(active)
            self._active = status.model.sha256

    async def get_configuration_list(self, most: int | None, start: int | None, _timeout: int | None) -> Outputs:
        found = await self._configurations(await self._station.status())
        page = found[start or 0 :][: most or None]
        complete = (start or 0) + len(page) >= len(found)
        return [truth(complete), count(len(page)), self._handles.new(), boxes(page), number(Answer.OK)]

    async def get_configuration_by_id(self, internal: Structure | None, _timeout: int | None) -> Outputs:
        for one in await self._configurations(await self._station.status()):
            if one.InternalId.Id == asked_id(internal):
                return [self._handles.new(), boxed(one), number(Answer.OK)]
        return [count(0), boxed(_configuration(Hashed("", ""), BEGINNING)), number(Answer.UNKNOWN_CONFIGURATION)]

    async def _configurations(self, status: StationStatus) -> list[Structure]:
        history = await self._station.model_history()
        chosen = [choice.at for choice in history.choices if choice.model.sha256 == status.model.sha256]
        model = Hashed(f"{status.model.name} {status.model.version}", status.model.sha256)
        return [_configuration(model, instant(chosen[0] if chosen else None)), _configuration(_calibration(status), BEGINNING)]

    async def _write_active(self, active: Structure) -> None:
        await (await self._space.child(self._space.configurations, "ActiveConfiguration")).write_value(boxed(active))


def _configuration(of: Hashed, changed: datetime) -> Structure:
    return structure(
        "ConfigurationDataType",
        HasTransferableDataOnFile=False,
        InternalId=hashed_id("ConfigurationIdDataType", of),
        LastModified=changed,
    )


def _calibration(status: StationStatus) -> Hashed:
    """The cameras with their places and scales, as GET /station gives them. The hash is that of this list as JSON with sorted keys."""
    cameras = json.dumps([asdict(camera) for camera in status.cameras], sort_keys=True)
    return Hashed(CALIBRATION, hashlib.sha256(cameras.encode()).hexdigest())
