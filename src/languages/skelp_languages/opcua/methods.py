"""Methods of the address space, and what a client is answered when the station does not answer or refuses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asyncua import Node, ua

from skelp_client import ClientError, NotAllowed, StationError, Unreachable
from skelp_languages.opcua.space import Space
from skelp_languages.opcua.upstream.methods import Handler, Outputs, link, set_executable
from skelp_languages.seldom import Seldom

READ = "read"
COILS = "coils"
"""Rights of a station's tokens (docs/security.md)."""

_seldom = Seldom()


class Methods:
    """Links methods to what they do."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def offer(self, parent: Node, right: str, does: Callable[..., Awaitable[Outputs]]) -> None:
        """Run `does` for whoever has the right and calls the method of the same name: get_result_by_id is GetResultById."""
        await self.link(await self._space.child(parent, _browse_name(does)), right, does)

    async def link(self, node: Node, right: str, does: Callable[..., Awaitable[Outputs]]) -> None:
        """Run `does` for whoever has the right and calls the method."""
        await link(self._space.server, node, right, _answered(does))

    async def close(self, node: Node) -> None:
        """A method that the standard wants to be there, and that a station does not do: it is never executable."""
        await self.link(node, READ, _nothing)
        await set_executable(self._space.server, node, False)

    async def close_all(self, parent: Node, *names: str) -> None:
        for name in names:
            await self.close(await self._space.child(parent, name))


async def _nothing(*_: object) -> Outputs:
    return ua.StatusCode(ua.StatusCodes.BadNotExecutable)


def _answered(does: Callable[..., Awaitable[Outputs]]) -> Handler:
    async def called(*values: object) -> Outputs:
        try:
            return await does(*values)
        except Unreachable as error:
            _seldom.warning("a client's call was not answered, because the station is away", cause=str(error))
            return ua.StatusCode(ua.StatusCodes.BadNoCommunication)
        except NotAllowed:
            return ua.StatusCode(ua.StatusCodes.BadUserAccessDenied)
        except (StationError, ClientError) as error:
            _seldom.warning("the station refused what a client's call needed", cause=str(error))
            return ua.StatusCode(ua.StatusCodes.BadResourceUnavailable)

    return called


def _browse_name(does: Callable[..., Awaitable[Outputs]]) -> str:
    return "".join(word.capitalize() for word in does.__name__.split("_"))
