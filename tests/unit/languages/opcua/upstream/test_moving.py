"""A session goes on over the channel on which it was activated last, and over no other; what has ended says so."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from asyncua import Client, ua
from asyncua.common.utils import ServiceError

from skelp_languages.opcua.upstream.moving import Channels
from tests.unit.languages.opcua.conftest import System
from tests.unit.languages.opcua.upstream.test_sessions import ANONYMOUS, activate, create, open_channel, refusal


async def session_on_two(system: System) -> tuple[Client, Client]:
    """A session of a first channel, activated on a second one too."""
    first, second = await open_channel(system.url), await open_channel(system.url)
    await create(first)
    await activate(first, ANONYMOUS)
    second.uaclient.protocol.authentication_token = first.uaclient.protocol.authentication_token
    await activate(second, ANONYMOUS)
    return first, second


async def read(client: Client) -> Any:
    return await client.nodes.namespace_array.read_value()


def test_it_outlives_the_channel_that_it_has_left(system: System) -> None:
    async def scene() -> bool:
        first, second = await session_on_two(system)
        first.disconnect_socket()
        for _ in range(3):
            assert await read(second)
        second.disconnect_socket()
        return True

    assert system.run(scene())


def test_the_channel_that_it_has_left_is_closed(system: System) -> None:
    async def scene() -> None:
        first, second = await session_on_two(system)
        with pytest.raises((ConnectionError, TimeoutError)):
            await read(first)
        assert await read(second)
        second.disconnect_socket()

    system.run(scene())


def test_what_is_asked_in_a_session_that_has_ended_says_that_there_is_none(system: System) -> None:
    async def scene() -> list[str]:
        client = await open_channel(system.url)
        await create(client)
        await activate(client, ANONYMOUS)
        (session,) = system.made.inside.sessions()
        await session.close_session()
        found = [await refusal(read(client)), await refusal(activate(client, ANONYMOUS))]
        await create(client)
        await activate(client, ANONYMOUS)
        assert await read(client), "the client begins anew on its channel"
        client.disconnect_socket()
        return found

    assert system.run(scene()) == ["BadSessionIdInvalid", "BadSessionIdInvalid"]


def test_a_channel_that_shows_the_token_and_is_refused_has_no_session(system: System) -> None:
    async def scene() -> list[str]:
        first, stranger = await open_channel(system.url), await open_channel(system.url)
        await create(first)
        await activate(first, ANONYMOUS)
        stranger.uaclient.protocol.authentication_token = first.uaclient.protocol.authentication_token
        wrong = ua.UserNameIdentityToken(PolicyId="username", UserName="mes-1", Password=b"mes-token")
        found = [await refusal(activate(stranger, wrong)), await refusal(read(stranger))]
        assert await read(first)
        for client in (first, stranger):
            client.disconnect_socket()
        return found

    assert system.run(scene()) == ["BadIdentityTokenRejected", "BadSessionIdInvalid"]


@pytest.mark.parametrize("certificate", [None, b"another"])
def test_it_does_not_move_to_a_channel_of_another_certificate(certificate: bytes | None) -> None:
    class Session:
        pass

    session: Any = Session()
    left: list[str] = []
    first: Any = SimpleNamespace(session=session, leave=lambda: left.append("first"))
    channels = Channels()
    channels.made(session, first, b"mine")
    with pytest.raises(ServiceError) as refused:
        channels.check(session, certificate)
    assert refused.value.code == ua.StatusCodes.BadSecurityChecksFailed
    channels.check(session, b"mine")
    channels.activated(session, first)
    assert left == []
    channels.activated(session, SimpleNamespace(session=session, leave=lambda: left.append("second")))
    assert left == ["first"]
