"""asyncua as it is, without anything of skelp: prints as JSON which of its faults it still has. Run in a process of its own, because it
keeps the classes of a nodeset for the whole process."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

from asyncua import Client, Server, ua
from asyncua.common import events
from asyncua.common.instantiate_util import instantiate
from asyncua.server.internal_session import InternalSession
from asyncua.ua.uaerrors import UaStatusCodeError

MV = "http://opcfoundation.org/UA/MachineVision"


class Heard:
    def __init__(self) -> None:
        self.events: list[Any] = []

    def event_notification(self, event: Any) -> None:
        self.events.append(event)


async def structures(server: Server, mv: int) -> dict[str, bool]:
    """A subtype without fields of its own, and a type with a name of namespace 0."""
    named = {f.name for f in fields(ua.ConfigurationIdDataType)}
    job = ua.extension_objects_by_datatype[ua.NodeId(3016, mv)]
    definition = (await server.get_node(ua.NodeId(3016, mv)).read_data_type_definition()).Fields[0]
    return {
        "inherited fields are missing": ua.ConfigurationIdDataType.data_type != ua.NodeId(3008, mv) or "Hash" not in named,
        "a type of namespace 0 is taken": definition.DataType != ua.NodeId(3017, mv) and job is not None,
    }


async def methods(server: Server, client: Client, _mv: int) -> dict[str, bool]:
    called: list[tuple[Any, ...]] = []

    async def run(_parent: ua.NodeId, *given: ua.Variant) -> list[ua.Variant]:
        called.append(given)
        return []

    node = await server.nodes.objects.add_method(2, "m", run, [ua.VariantType.Int32], [])
    await server.write_attribute_value(node.nodeid, ua.DataValue(ua.Variant(False)), ua.AttributeIds.Executable)
    method = client.get_node(node.nodeid)
    await client.nodes.objects.call_method(method, "no number", 2)
    return {"a method is not guarded": len(called) == 1}


async def vision(server: Server, client: Client, mv: int) -> dict[str, bool]:
    system = await server.nodes.objects.add_object(2, "v", objecttype=ua.NodeId(1003, mv), instantiate_optional=False)
    declared = server.get_node(ua.NodeId(5020, mv))  # ResultManagement, optional
    (part, *_) = await instantiate(system, declared, idx=2, instantiate_optional=False)
    machine = await system.get_child(f"{mv}:VisionStateMachine")
    template = await events.get_event_obj_from_type_node(server.get_node(ua.NodeId(1024, mv)))
    await machine.set_event_notifier([ua.EventNotifier.SubscribeToEvents])
    await server.nodes.server.add_reference(machine, ua.ObjectIds.HasNotifier)
    exact, above = Heard(), Heard()
    subscription = await client.create_subscription(20, exact)
    wanted = ua.EventFilter(
        SelectClauses=[ua.SimpleAttributeOperand(ua.NodeId(2041), [ua.QualifiedName("EventId")], ua.AttributeIds.Value)]
    )
    of_type = ua.ContentFilterElement(ua.FilterOperator.OfType, [ua.LiteralOperand(ua.Variant(ua.NodeId(2041)))])
    wanted.WhereClause = ua.ContentFilter([of_type])
    await subscription._subscribe(client.get_node(machine.nodeid), ua.AttributeIds.EventNotifier, wanted)
    higher = await client.create_subscription(20, above)
    await higher.subscribe_events(client.nodes.server, ua.ObjectIds.BaseEventType)
    generator = await server.get_event_generator(server.get_node(ua.NodeId(1019, mv)), machine.nodeid)
    await generator.trigger(message="m")
    await asyncio.sleep(0.3)
    return {
        "an optional object has its declaration as its type": (await part.read_type_definition()) == declared.nodeid,
        "fields of event templates have no type": template.data_types["CreationTime"] != ua.VariantType.DateTime,
        "OfType knows no subtypes": exact.events == [],
        "an event reaches one node alone": above.events == [],
    }


async def sessions(server: Server, client: Client, url: str) -> dict[str, bool]:
    session = next(iter(server.iserver._external_sessions.values()))
    registered = ua.RegisteredServer(ServerUri="urn:other", ServerNames=[ua.LocalizedText("other")], DiscoveryUrls=["opc.tcp://other"])
    stranger = Client(url)
    await stranger.connect_sessionless()
    try:
        await stranger.uaclient.register_server(registered)
        may_register = True
    except UaStatusCodeError:
        may_register = False
    await stranger.disconnect_sessionless()
    waits = asyncio.iscoroutinefunction(InternalSession.activate_session)
    subscription = await client.create_subscription(100, Heard())
    async with Client(url) as other:
        (deleted,) = await other.uaclient.delete_subscriptions([subscription.subscription_id])
    return {
        "a session's token can be guessed": isinstance(session.auth_token.Identifier, int),
        "anybody may register a server": may_register,
        "a user is asked for without waiting": not waits,
        "a client deletes another's subscription": deleted.is_good(),
        "whoever is called admin is one": server.iserver.allow_remote_admin is True,
    }


async def unanswered(client: Client, url: str) -> dict[str, bool]:
    """A message is asked for again that is not there; news are asked for without a subscription, while another client has one."""
    try:
        message = await client.uaclient.session.republish(999_999, 1)
        is_empty = message.NotificationData in (None, [])
    except UaStatusCodeError:
        is_empty = False
    async with Client(url) as other:
        try:
            await asyncio.wait_for(other.uaclient.publish([]), 0.5)
            waits = False
        except TimeoutError:
            waits = True
        except UaStatusCodeError:
            waits = False
    return {"a message that is not there is sent empty": is_empty, "who has no subscription waits for news": waits}


async def moved(url: str) -> dict[str, bool]:
    """A session goes on over a second channel, the first one is lost, and the session is used."""
    first, second = Client(url), Client(url)
    for client in (first, second):
        await client.connect_socket()
        await client.send_hello()
        await client.open_secure_channel()
    await first.uaclient.create_session(ua.CreateSessionParameters(RequestedSessionTimeout=10_000, ClientNonce=bytes(32)))
    second.uaclient.protocol.authentication_token = first.uaclient.protocol.authentication_token
    for client in (first, second):
        anonymous = ua.AnonymousIdentityToken(PolicyId="anonymous")
        await client.uaclient.activate_session(ua.ActivateSessionParameters(UserIdentityToken=anonymous))
    first.disconnect_socket()
    await asyncio.sleep(0.3)
    try:
        await second.nodes.namespace_array.read_value()
        has_ended = False
    except UaStatusCodeError:
        has_ended = True
    second.disconnect_socket()
    return {"a session that moved ends with its old channel": has_ended}


async def open_channel() -> dict[str, bool]:
    """A server that offers an encrypted endpoint alone: whether somebody without encryption is let in all the same."""
    server = Server()
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0/plain")
    server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
    async with server:
        client = Client(f"opc.tcp://127.0.0.1:{server.bserver.port}/plain")
        await client.connect_socket()
        try:
            await client.send_hello()
            await client.open_secure_channel()
            client.security_policy.host_certificate = None
            parameters = ua.CreateSessionParameters(RequestedSessionTimeout=10_000, ClientNonce=bytes(32))
            await client.uaclient.create_session(parameters)
            activate = ua.ActivateSessionParameters(UserIdentityToken=ua.AnonymousIdentityToken(PolicyId="anonymous"))
            await client.uaclient.activate_session(activate)
            got_in = bool(await client.nodes.namespace_array.read_value())
        except (UaStatusCodeError, ConnectionError, TimeoutError):
            got_in = False
        client.disconnect_socket()
    return {"a channel without encryption is always open": got_in}


async def ends_a_subscription(server: Server) -> None:
    """Bring a server that listens to where it cleans up after a client that has gone, and just ends the client's subscription."""

    async def ends_slowly() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.2)

    client = Client(f"opc.tcp://127.0.0.1:{server.bserver.port}/plain")
    await client.connect()
    await client.create_subscription(1000, Heard())
    (subscription,) = server.iserver.subscription_service.subscriptions.values()
    await client.disconnect()
    subscription._task = asyncio.create_task(ends_slowly())
    await asyncio.sleep(0)
    ends = asyncio.create_task(subscription.stop())
    server.bserver.cleanup_task.cancel()
    server.bserver.closing_tasks[:] = [ends]
    server.bserver.cleanup_task = asyncio.create_task(server.bserver._close_task_loop())
    await asyncio.sleep(0.05)


async def stopping() -> dict[str, bool]:
    server = Server()
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0/plain")
    await server.start()
    await ends_a_subscription(server)
    stops = asyncio.create_task(server.stop())
    _, waits = await asyncio.wait([stops], timeout=3)
    stops.cancel()
    return {"a server that ends a subscription does not stop": bool(waits)}


async def main(nodeset: Path) -> None:
    logging.disable(logging.CRITICAL)
    server = Server()
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0/plain")
    await server.register_namespace("urn:test")
    await server.import_xml(nodeset)
    mv = await server.get_namespace_index(MV)
    found = await structures(server, mv)
    async with server:
        kinds = {kind.TokenType for endpoint in server.iserver.endpoints for kind in endpoint.UserIdentityTokens}
        found["user names are offered without encryption"] = ua.UserTokenType.UserName in kinds
        url = f"opc.tcp://127.0.0.1:{server.bserver.port}/plain"
        async with Client(url) as client:
            for scene in (methods, vision):
                found |= await scene(server, client, mv)
            found |= await sessions(server, client, url)
            found |= await unanswered(client, url)
        found |= await moved(url)
    found |= await open_channel()
    found |= await stopping()
    print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
