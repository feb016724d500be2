"""ResultTransfer: a coil's defects as a temporary file (OPC 10000-5, annex C.4). asyncua has no file transfer, so FileType is done here."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field

import structlog
from asyncua import Node, ua

from skelp_languages.opcua.asked import AskedStation
from skelp_languages.opcua.methods import READ, Methods
from skelp_languages.opcua.space import Space
from skelp_languages.opcua.upstream.methods import Outputs
from skelp_languages.opcua.values import Structure, asked_id, count, node

HELD_S = 60.0
"""A file that nobody touches for this long is closed."""
MOST_FILES = 16
_MOST_READ = 1 << 20
_MODE_READ = 1

log = structlog.get_logger()


@dataclass
class OpenFile:
    """A file that a client reads. `places`: how far it was read, by handle."""

    node: Node
    content: bytes
    places: dict[int, int] = field(default_factory=dict)
    ends: asyncio.TimerHandle | None = None

    def read(self, handle: int, most: int) -> bytes:
        """The next bytes of it."""
        start = self.places[handle]
        found = self.content[start : start + max(0, min(most, _MOST_READ))]
        self.places[handle] = start + len(found)
        return found


class Transfer:
    """The files that clients read at present."""

    def __init__(self, station: AskedStation, space: Space, methods: Methods) -> None:
        self._station, self._space, self._methods = station, space, methods
        self._files: dict[ua.NodeId, OpenFile] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def offer(self) -> None:
        at = self._space.transfer
        await self._methods.link(await at.get_child("0:GenerateFileForRead"), READ, self._generate)
        for name in ("GenerateFileForWrite", "CloseAndCommit"):
            await self._methods.close(await at.get_child(f"0:{name}"))
        await (await at.get_child("0:ClientProcessingTimeout")).write_value(HELD_S * 1000, ua.VariantType.Double)

    async def _generate(self, options: Structure | None) -> Outputs:
        coil_id = asked_id(None if options is None else options.Id)
        if len(self._files) >= MOST_FILES:
            return ua.StatusCode(ua.StatusCodes.BadTooManyOperations)
        if await self._station.finished(coil_id) is None:
            return ua.StatusCode(ua.StatusCodes.BadInvalidArgument)
        content = await self._station.defects_file(coil_id)
        if content is None:
            return ua.StatusCode(ua.StatusCodes.BadNoDataAvailable)
        file = await self._add(f"{coil_id}.csv", content)
        none = ua.NodeId()  # the file is complete already, so there is no state machine to wait for
        return [node(file.node.nodeid), count(await self._opened(file)), node(none)]

    async def _add(self, name: str, content: bytes) -> OpenFile:
        identifier = f"{self._space.transfer.nodeid.Identifier}.{secrets.token_hex(16)}"
        made = await self._space.transfer.add_object(
            ua.NodeId(identifier, self._space.ours),
            ua.QualifiedName(name, self._space.ours),
            objecttype=ua.ObjectIds.FileType,
            instantiate_optional=False,
        )
        file = self._files[made.nodeid] = OpenFile(made, content)
        types = ua.VariantType
        for prop, value, kind in (
            ("Size", len(content), types.UInt64),
            ("Writable", False, types.Boolean),
            ("UserWritable", False, types.Boolean),
            ("OpenCount", 0, types.UInt16),
        ):
            await (await made.get_child(f"0:{prop}")).write_value(value, kind)
        await self._link(file)
        return file

    async def _link(self, file: OpenFile) -> None:
        bad = ua.StatusCode(ua.StatusCodes.BadInvalidArgument)

        async def opens(mode: int) -> Outputs:
            return [count(await self._opened(file))] if mode == _MODE_READ else ua.StatusCode(ua.StatusCodes.BadNotWritable)

        async def reads(handle: int, most: int) -> Outputs:
            if handle not in file.places or most < 0:
                return bad
            self._touch(file)
            return [ua.Variant(file.read(handle, most), ua.VariantType.ByteString)]

        async def position(handle: int) -> Outputs:
            return [ua.Variant(file.places[handle], ua.VariantType.UInt64)] if handle in file.places else bad

        async def go_to(handle: int, place: int) -> Outputs:
            if handle not in file.places:
                return bad
            file.places[handle] = min(place, len(file.content))
            return []

        async def closes(handle: int) -> Outputs:
            if file.places.pop(handle, None) is None:
                return bad
            await (self._count(file) if file.places else self._end(file))
            return []

        for name, does in (("Open", opens), ("Read", reads), ("GetPosition", position), ("SetPosition", go_to), ("Close", closes)):
            await self._methods.link(await file.node.get_child(f"0:{name}"), READ, does)
        await self._methods.close(await file.node.get_child("0:Write"))

    async def _opened(self, file: OpenFile) -> int:
        handle = secrets.randbelow(0xFFFFFFFF) + 1
        file.places[handle] = 0
        self._touch(file)
        await self._count(file)
        return handle

    async def _count(self, file: OpenFile) -> None:
        await (await file.node.get_child("0:OpenCount")).write_value(len(file.places), ua.VariantType.UInt16)

    def _touch(self, file: OpenFile) -> None:
        if file.ends is not None:
            file.ends.cancel()
        file.ends = asyncio.get_running_loop().call_later(HELD_S, self._forget, file)

    def _forget(self, file: OpenFile) -> None:
        log.info("a result file that nobody reads any more is closed", file=str(file.node.nodeid.Identifier))
        task = asyncio.get_running_loop().create_task(self._end(file))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, file: OpenFile) -> None:
        if file.ends is not None:
            file.ends.cancel()
        if self._files.pop(file.node.nodeid, None) is not None:
            await self._space.server.delete_nodes([file.node], recursive=True)
