"""A session goes on over the channel on which it was activated last, and over no other; what has ended says so."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from asyncua import Client, ua
from asyncua.common.utils import ServiceError

from skelp_languages.opcua.upstream.callers import PlantUser
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
        with pytest.raises(ConnectionError):
            await read(first)
        assert await read(second)
        second.disconnect_socket()

    system.run(scene())


def test_what_is_asked_in_a_session_that_has_ended_says_that_there_is_none(system: System) -> None:
    async def scene() -> list[str]:
        client = await open_channel(system.url)
        await create(client)
        await activate(client, ANONYMOUS)
        session = system.made.inside.lookup_external_session(client.uaclient.protocol.authentication_token)
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


class Heard:
    """What a subscription says."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def datachange_notification(self, _node: Any, value: Any, _data: Any) -> None:
        self.values.append(value)


def test_a_refused_move_leaves_the_session_its_subscriptions(system: System) -> None:
    async def scene() -> tuple[str, int]:
        async with system.client() as client:
            heard = Heard()
            mine = await client.create_subscription(50, heard)
            await mine.subscribe_data_change(client.get_node(2258))  # the time
            stranger = await open_channel(system.url)
            stranger.uaclient.protocol.authentication_token = client.uaclient.protocol.authentication_token
            found = await refusal(activate(stranger, ua.IssuedIdentityToken(PolicyId="issued")))
            before = len(heard.values)
            await asyncio.sleep(2.5)  # asyncua sets its time each second
            stranger.disconnect_socket()
            return found, len(heard.values) - before

    found, more = system.run(scene())
    assert found == "BadIdentityTokenRejected"
    assert more > 0


def test_a_session_with_a_second_one_on_its_channel_ends(system: System) -> None:
    async def scene() -> int:
        client = await open_channel(system.url)
        for _ in range(3):
            await create(client)
            await activate(client, ANONYMOUS)
        found = len(system.made.inside._external_sessions)
        client.disconnect_socket()
        return found

    before = len(system.made.inside._external_sessions)
    assert system.run(scene()) == before + 1


class Session:
    """A session of mes-1."""

    def __init__(self) -> None:
        self.user = PlantUser(name="mes-1")

    def is_activated(self) -> bool:
        return True


@pytest.fixture
def session() -> Any:
    return Session()


@pytest.mark.parametrize(
    ("certificate", "user", "status"),
    [
        (None, "mes-1", ua.StatusCodes.BadSecurityChecksFailed),
        (b"another", "mes-1", ua.StatusCodes.BadSecurityChecksFailed),
        (b"mine", "scada", ua.StatusCodes.BadIdentityChangeNotSupported),
    ],
)
def test_it_does_not_move_to_another_certificate_or_user(session: Any, certificate: bytes | None, user: str, status: int) -> None:
    channels = Channels()
    channels.made(session, SimpleNamespace(session=session, leave=lambda: None), b"mine")
    with pytest.raises(ServiceError) as refused:
        channels.check(session, certificate, user)
    assert refused.value.code == status
    channels.check(session, b"mine", "mes-1")


def test_a_channel_is_left_when_its_session_goes_on_elsewhere(session: Any) -> None:
    left: list[str] = []
    first: Any = SimpleNamespace(session=session, leave=lambda: left.append("first"))
    second: Any = SimpleNamespace(session=session, leave=lambda: left.append("second"))
    channels = Channels()
    channels.made(session, first, b"mine")
    channels.activated(session, first)
    assert left == []
    channels.activated(session, second)
    assert left == ["first"]
    second.session = object()  # another one has begun there
    channels.activated(session, first)
    assert left == ["first"]
