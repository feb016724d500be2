"""Three things about subscriptions (asyncua 2.1.0).

1. Every client may delete, change and take over the subscriptions of all others, whose numbers are counted up. Here a subscription is its
   session's. It may be taken over by a session of the same user: that is how a client goes on after its line was cut.
2. What is to be sent again and is not there, or is of a subscription that has ended, is answered by an empty message, so a client asks for
   the next one for ever and hears nothing any more. Here it gets the status that ends its asking.
3. A session without a subscription is let wait for news, if anybody else has one. Here it is told that it has none.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.server.internal_session import InternalSession
from asyncua.ua.ua_binary import struct_from_binary

_MOST_NAMES = 1000


def _request(name: str) -> ua.NodeId:
    return ua.NodeId(getattr(ua.ObjectIds, f"{name}Request_Encoding_DefaultBinary"))


_ONE = ("ModifySubscription", "CreateMonitoredItems", "ModifyMonitoredItems", "DeleteMonitoredItems", "SetMonitoringMode", "Republish")
_SEVERAL = ("DeleteSubscriptions", "SetPublishingMode", "TransferSubscriptions")
_PARAMETERS = {_request(name): getattr(ua, f"{name}Parameters") for name in (*_ONE, *_SEVERAL)}
_TRANSFER, _REPUBLISH, _PUBLISH = _request("TransferSubscriptions"), _request("Republish"), _request("Publish")


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
        """Raise ServiceError if a request is about another's subscription, or about one or a message that is not there."""
        if session is not None and kind == _PUBLISH and not any(s.session_id == session.session_id for s in self._subscriptions.values()):
            raise ServiceError(ua.StatusCodes.BadNoSubscription)
        if session is None or kind not in _PARAMETERS:
            return
        asked = struct_from_binary(_PARAMETERS[kind], body.copy())
        for number in getattr(asked, "SubscriptionIds", None) or [getattr(asked, "SubscriptionId", 0)]:
            found = self._subscriptions.get(int(number))
            if found is not None and not self._may(session, found.session_id, is_transfer=kind == _TRANSFER):
                raise ServiceError(ua.StatusCodes.BadSubscriptionIdInvalid)
            if kind == _REPUBLISH:
                _check_message(found, asked.RetransmitSequenceNumber)

    def _may(self, session: InternalSession, owner: ua.NodeId, *, is_transfer: bool) -> bool:
        return bool(owner == session.session_id or (is_transfer and self._names.get(owner) == session.user.name))


def _check_message(subscription: Any, number: int) -> None:
    if subscription is None:
        raise ServiceError(ua.StatusCodes.BadSubscriptionIdInvalid)
    if number not in subscription._not_acknowledged_results:  # noqa: SLF001 - nothing else knows
        raise ServiceError(ua.StatusCodes.BadMessageNotAvailable)
