"""Nobody comes in past the door: by a guessed token, on an open channel, with somebody else's certificate, or by registering."""

from __future__ import annotations

from typing import Any, cast

import pytest
from asyncua import Client, ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_to_binary
from asyncua.ua.uaerrors import UaStatusCodeError

from skelp_client import NotAllowed, Problem
from skelp_languages.opcua.upstream.sessions import GuardedServer, Processor
from skelp_languages.opcua.users import Session
from tests.unit.languages.opcua.conftest import System


async def open_channel(url: str) -> Client:
    client = Client(url)
    await client.connect_socket()
    await client.send_hello()
    await client.open_secure_channel()
    return client


async def create(client: Client) -> ua.CreateSessionResult:
    return await client.uaclient.create_session(ua.CreateSessionParameters(RequestedSessionTimeout=10_000, ClientNonce=bytes(32)))


async def activate(client: Client, token: Any) -> None:
    await client.uaclient.activate_session(ua.ActivateSessionParameters(UserIdentityToken=token))


async def refusal(coroutine: Any) -> str:
    """The name of the status with which it is refused."""
    with pytest.raises(UaStatusCodeError) as refused:
        await coroutine
    return type(refused.value).__name__


ANONYMOUS = ua.AnonymousIdentityToken(PolicyId="anonymous")


def test_a_session_has_a_token_that_nobody_guesses(system: System) -> None:
    async def scene() -> tuple[ua.NodeId, ua.NodeId]:
        async with system.client(), system.client():
            return tuple(s.auth_token for s in system.made.inside.sessions())

    first, second = system.run(scene())
    assert first.NodeIdType == ua.NodeIdType.ByteString
    assert len(first.Identifier) == 32
    assert first != second


def test_a_session_of_another_channel_is_not_taken_over_by_counting(system: System) -> None:
    async def scene() -> str:
        async with system.client():
            stranger = await open_channel(system.url)
            stranger.uaclient.protocol.authentication_token = ua.NodeId(1001)
            found = await refusal(activate(stranger, ANONYMOUS))
            stranger.disconnect_socket()
            return found

    assert system.run(scene()) == "BadSessionIdInvalid"


def test_a_channel_without_encryption_is_closed_where_it_is_not_offered(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.made.users, "_no_security", False)

    async def scene() -> str:
        client = await open_channel(system.url)
        found = await refusal(create(client))
        client.disconnect_socket()
        return found

    assert system.run(scene()) == "BadSecurityChecksFailed"


def test_a_token_is_not_read_from_an_open_channel(system: System) -> None:
    async def scene() -> str:
        client = await open_channel(system.url)
        await create(client)
        token = ua.UserNameIdentityToken(PolicyId="username", UserName="mes-1", Password=b"mes-token")
        found = await refusal(activate(client, token))
        client.disconnect_socket()
        return found

    assert system.run(scene()) == "BadIdentityTokenRejected"


@pytest.mark.parametrize(("name", "password"), [("mes-1", None), ("mes-1", b""), (None, None), (None, b"mes-token")])
def test_an_empty_name_or_password_is_a_wrong_one(
    system: System, monkeypatch: pytest.MonkeyPatch, name: str | None, password: bytes | None
) -> None:
    asked: list[str] = []

    def nobody(secret: str) -> Session:
        asked.append(secret)
        raise NotAllowed("GET /session", Problem(401, "Unauthorized", "this token is unknown"))

    monkeypatch.setattr(system.made.users, "_ask", nobody)
    token = ua.UserNameIdentityToken(PolicyId="username", UserName=name, Password=password)
    body = Buffer(struct_to_binary(ua.ActivateSessionParameters(UserIdentityToken=token)))
    session: Any = object()
    system.run(Processor._prove(cast("Processor", None), system.made.inside, session, body, is_encrypted=True))
    assert asked == ["mes-token" if password else ""]
    assert system.made.users.get_user(None, name or "", (password or b"").decode()) is None


def test_before_a_session_is_activated_nothing_is_answered(system: System) -> None:
    async def scene() -> list[str]:
        client = await open_channel(system.url)
        before = await refusal(client.nodes.namespace_array.read_value())
        await create(client)
        between = await refusal(client.nodes.namespace_array.read_value())
        client.disconnect_socket()
        return [before, between]

    assert system.run(scene()) == ["BadSessionIdInvalid", "BadUserAccessDenied"]


def test_nobody_registers_another_server(system: System) -> None:
    async def scene() -> tuple[str, int]:
        client = await open_channel(system.url)
        registered = ua.RegisteredServer(ServerUri="urn:other", ServerNames=[ua.LocalizedText("other")], DiscoveryUrls=["opc.tcp://other"])
        found = await refusal(client.uaclient.register_server(registered))
        servers = await client.uaclient.find_servers(ua.FindServersParameters(EndpointUrl=system.url))
        client.disconnect_socket()
        return found, len(servers)

    assert system.run(scene()) == ("BadServiceUnsupported", 1)


def test_the_open_endpoint_takes_anonymous_readers_alone(system: System) -> None:
    endpoints = system.run(system.client().connect_and_get_server_endpoints())
    users = {e.SecurityPolicyUri.rpartition("#")[2]: {t.TokenType for t in e.UserIdentityTokens} for e in endpoints}
    kinds = ua.UserTokenType
    both = {kinds.Anonymous, kinds.UserName}
    assert users == {"None": {kinds.Anonymous}, "Basic256Sha256": both, "Aes256_Sha256_RsaPss": both}
    assert {e.SecurityMode for e in endpoints} == {ua.MessageSecurityMode.None_, ua.MessageSecurityMode.SignAndEncrypt}
    assert isinstance(system.made.inside, GuardedServer)
    assert system.made.inside.allow_remote_admin is False


def test_a_reader_changes_nothing_in_the_address_space(system: System) -> None:
    async def scene() -> list[str]:
        async with system.client() as client:
            active = client.get_node(system.node("ConfigurationManagement/ActiveConfiguration"))
            state = client.get_node(system.node("SystemState"))
            value = await active.read_value()
            return [
                await refusal(active.write_value(ua.Variant(value, ua.VariantType.ExtensionObject))),
                await refusal(state.write_value(await state.read_value())),
                await refusal(state.write_attribute(ua.AttributeIds.DisplayName, ua.DataValue(ua.Variant(ua.LocalizedText("x"))))),
                await refusal(client.nodes.objects.add_object(2, "mine")),
                await refusal(client.delete_nodes([state])),
            ]

    assert set(system.run(scene())) <= {"BadUserAccessDenied", "BadNotWritable"}
