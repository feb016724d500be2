"""A subscription is its session's; a session of the same user may take it over, and nobody else may touch it."""

from __future__ import annotations

from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.uaerrors import BadMessageNotAvailable, BadNoSubscription, BadSubscriptionIdInvalid

from skelp_languages.opcua.upstream.callers import PlantUser
from tests.unit.languages.opcua.conftest import System
from tests.unit.languages.opcua.test_states import Heard


def test_another_client_does_not_delete_change_or_fill_it(system: System) -> None:
    async def scene() -> int:
        async with system.client() as owner, system.client() as other:
            mine = await owner.create_subscription(100, Heard())
            number, session = mine.subscription_id, other.uaclient
            monitored = ua.MonitoredItemCreateRequest(ItemToMonitor=ua.ReadValueId(ua.NodeId(2258), ua.AttributeIds.Value))
            tries: list[Any] = [
                session.delete_subscriptions([number]),
                session.modify_subscription(ua.ModifySubscriptionParameters(SubscriptionId=number)),
                session.create_monitored_items(ua.CreateMonitoredItemsParameters(SubscriptionId=number, ItemsToCreate=[monitored])),
                session.delete_monitored_items(ua.DeleteMonitoredItemsParameters(SubscriptionId=number, MonitoredItemIds=[1])),
            ]
            for one in tries:
                with pytest.raises(BadSubscriptionIdInvalid):
                    await one
            await mine.subscribe_data_change(owner.get_node(2258))
            await mine.delete()
            return len(tries)

    assert system.run(scene()) == 4


def test_only_the_same_user_takes_it_over(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    names = iter(["scada", "mes-1", "scada"])
    monkeypatch.setattr(system.made.users, "get_user", lambda *_, **__: PlantUser(name=next(names), rights=frozenset({"read"})))

    async def scene() -> list[str]:
        async with system.client() as owner, system.client() as other, system.client() as same:
            mine = await owner.create_subscription(100, Heard())
            taken = []
            for who in (other, same):
                try:
                    await who.uaclient.transfer_subscriptions(ua.TransferSubscriptionsParameters(SubscriptionIds=[mine.subscription_id]))
                    taken.append("taken")
                except BadSubscriptionIdInvalid:
                    taken.append("refused")
            return taken

    assert system.run(scene()) == ["refused", "taken"]


def test_what_cannot_be_sent_again_is_refused_so_that_a_client_stops_asking(system: System) -> None:
    """node-opcua asks for the next message until it is refused."""

    async def scene() -> bool:
        async with system.client() as client:
            mine = await client.create_subscription(100, Heard())
            with pytest.raises(BadMessageNotAvailable):
                await client.uaclient.session.republish(mine.subscription_id, 4711)
            with pytest.raises(BadSubscriptionIdInvalid):
                await client.uaclient.session.republish(mine.subscription_id + 1000, 1)
        return True

    assert system.run(scene())


def test_a_session_whose_subscription_has_ended_is_told_so(system: System) -> None:
    async def scene() -> bool:
        async with system.client() as other, system.client() as client:
            await other.create_subscription(100, Heard())
            with pytest.raises(BadNoSubscription):
                await client.uaclient.publish([])
        return True

    assert system.run(scene())


def test_what_was_not_acknowledged_is_sent_again_as_often_as_it_is_asked_for(system: System) -> None:
    async def scene() -> list[int]:
        async with system.client() as client, system.client() as other:
            subscription = system.made.inside.subscription_service
            number = (await client.create_subscription(50, Heard())).subscription_id
            subscription.subscriptions[number]._not_acknowledged_results[4711] = ua.PublishResult(
                NotificationMessage=ua.NotificationMessage(SequenceNumber=4711)
            )
            with pytest.raises(BadSubscriptionIdInvalid):
                await other.uaclient.session.republish(number, 4711)
            return [(await client.uaclient.session.republish(number, 4711)).SequenceNumber for _ in range(2)]

    assert system.run(scene()) == [4711, 4711]


def test_nobody_acknowledges_what_another_has_not_heard(system: System) -> None:
    async def scene() -> bool:
        async with system.client() as client, system.client() as other:
            service = system.made.inside.subscription_service
            number = (await client.create_subscription(50, Heard())).subscription_id
            await other.create_subscription(50, Heard())
            waiting = service.subscriptions[number]._not_acknowledged_results
            waiting[4711] = ua.PublishResult()
            with pytest.raises(BadSubscriptionIdInvalid):
                await other.uaclient.publish([ua.SubscriptionAcknowledgement(number, 4711)])
            return 4711 in waiting

    assert system.run(scene())


def test_one_that_is_taken_over_speaks_on_the_new_connection(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.made.users, "get_user", lambda *_, **__: PlantUser(name="scada", rights=frozenset({"read"})))

    async def scene() -> bool:
        async with system.client() as owner, system.client() as same:
            mine = await owner.create_subscription(50, Heard())
            asked = ua.TransferSubscriptionsParameters(SubscriptionIds=[mine.subscription_id])
            await same.uaclient.transfer_subscriptions(asked)
            taken = system.made.inside.subscription_service.subscriptions[mine.subscription_id]
            return bool(taken.pub_request_callback.__self__ is taken.pub_result_callback.__self__)

    assert system.run(scene())


@pytest.mark.parametrize("wanted_ms", [1e-6, 0.0, -1.0, float("nan")])
def test_news_are_not_sent_faster_than_there_is_time_for(system: System, wanted_ms: float) -> None:
    async def scene() -> float:
        async with system.client() as client:
            wanted = ua.CreateSubscriptionParameters(wanted_ms, RequestedLifetimeCount=1000, RequestedMaxKeepAliveCount=10)
            mine = await client.create_subscription(wanted, Heard())
            return float(system.made.inside.subscription_service.subscriptions[mine.subscription_id].data.RevisedPublishingInterval)

    assert system.run(scene()) == 50
