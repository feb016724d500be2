"""Six things about subscriptions (asyncua 2.1.0).

1. Every client may delete, change and take over the subscriptions of all others, whose numbers are counted up, and acknowledge what they
   have not heard. Here a subscription is its session's. It may be taken over by a session of the same user.
2. One that is taken over still waits for questions on its old connection. Here it waits on the new one.
3. What is to be sent again and is not there, or is of a subscription that has ended, is answered by an empty message, so a client asks for
   the next one for ever and hears nothing any more. Here it gets the status that ends its asking.
4. What was sent again is forgotten, also if it did not arrive. Here only an acknowledgement makes it forgotten.
5. A session without a subscription is let wait for news, if anybody else has one. Here it is told that it has none.
6. A client may have itself told of news a million times a second, which takes a core. Here it gets the fastest interval that there is.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.server.internal_session import InternalSession
from asyncua.server.subscription_service import SubscriptionService
from asyncua.ua.ua_binary import struct_from_binary

_MOST_NAMES = 1000
_FASTEST_MS = 50.0


def request_of(name: str) -> ua.NodeId:
    """The type id of a service's request."""
    return ua.NodeId(getattr(ua.ObjectIds, f"{name}Request_Encoding_DefaultBinary"))


_ONE = ("ModifySubscription", "CreateMonitoredItems", "ModifyMonitoredItems", "DeleteMonitoredItems", "SetMonitoringMode", "Republish")
_SEVERAL = ("DeleteSubscriptions", "SetPublishingMode", "TransferSubscriptions", "Publish")
_PARAMETERS = {request_of(name): getattr(ua, f"{name}Parameters") for name in (*_ONE, *_SEVERAL)}
_TRANSFER, _PUBLISH = request_of("TransferSubscriptions"), request_of("Publish")


class Owners:
    """Whose subscription is whose. `subscriptions`: asyncua's, by their numbers."""

    def __init__(self, subscriptions: dict[int, Any]) -> None:
        self._subscriptions = subscriptions
        self._names: OrderedDict[ua.NodeId, str | None] = OrderedDict()

    def activated(self, session: InternalSession) -> None:
        """Keep the user of a session, also for when it has ended and its subscriptions go on."""
        self._names[session.session_id] = session.user.name
        self._names.move_to_end(session.session_id)
        if len(self._names) > _MOST_NAMES:
            self._names.popitem(last=False)

    def check(self, kind: ua.NodeId, body: Any, session: InternalSession | None) -> None:
        """Raise ServiceError if a request is about another's subscription. One that is not there asyncua answers itself."""
        if session is None or kind not in _PARAMETERS:
            return
        if kind == _PUBLISH and not any(s.session_id == session.session_id for s in self._subscriptions.values()):
            raise ServiceError(ua.StatusCodes.BadNoSubscription)
        for found in self._asked(kind, body):
            if not self._may(session, found.session_id, is_transfer=kind == _TRANSFER):
                raise ServiceError(ua.StatusCodes.BadSubscriptionIdInvalid)

    def taken(self, kind: ua.NodeId, body: Any) -> list[Any]:
        """The subscriptions that a request takes over."""
        return self._asked(kind, body) if kind == _TRANSFER else []

    def _asked(self, kind: ua.NodeId, body: Any) -> list[Any]:
        """The subscriptions that a request is about, as far as they are there."""
        asked = struct_from_binary(_PARAMETERS[kind], body.copy())
        if kind == _PUBLISH:
            numbers = [one.SubscriptionId for one in asked.SubscriptionAcknowledgements]
        else:
            numbers = getattr(asked, "SubscriptionIds", None) or [getattr(asked, "SubscriptionId", 0)]
        return [self._subscriptions[int(number)] for number in numbers if int(number) in self._subscriptions]

    def _may(self, session: InternalSession, owner: ua.NodeId, *, is_transfer: bool) -> bool:
        return bool(owner == session.session_id or (is_transfer and self._names.get(owner) == session.user.name))


def mend(service: SubscriptionService) -> None:
    """Have what was not acknowledged sent again whenever it is asked for, and refused if it is not there; limit how often news are sent."""
    make = service.create_subscription

    async def create_subscription(asked: ua.CreateSubscriptionParameters, *more: Any, **named: Any) -> ua.CreateSubscriptionResult:
        wanted_ms = asked.RequestedPublishingInterval
        asked.RequestedPublishingInterval = wanted_ms if wanted_ms >= _FASTEST_MS else _FASTEST_MS  # NaN is not
        return await make(asked, *more, **named)

    def republish(asked: ua.RepublishParameters) -> ua.NotificationMessage:
        subscription = service.subscriptions.get(asked.SubscriptionId)
        if subscription is None:
            raise ServiceError(ua.StatusCodes.BadSubscriptionIdInvalid)
        found = subscription._not_acknowledged_results.get(asked.RetransmitSequenceNumber)  # noqa: SLF001 - nothing else knows
        if found is None:
            raise ServiceError(ua.StatusCodes.BadMessageNotAvailable)
        return found.NotificationMessage

    service.create_subscription, service.republish = create_subscription, republish
