"""asyncua lets every client delete, change and take over the subscriptions of all others, whose numbers are counted up (2.1.0).

A subscription is its session's. It may be taken over by a session of the same user: that is how a client goes on after its line was cut.
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
_TRANSFER = _request("TransferSubscriptions")


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
        asked = struct_from_binary(_PARAMETERS[kind], body.copy())
        for number in getattr(asked, "SubscriptionIds", None) or [getattr(asked, "SubscriptionId", 0)]:
            found = self._subscriptions.get(int(number))
            if found is not None and not self._may(session, found.session_id, is_transfer=kind == _TRANSFER):
                raise ServiceError(ua.StatusCodes.BadSubscriptionIdInvalid)

    def _may(self, session: InternalSession, owner: ua.NodeId, *, is_transfer: bool) -> bool:
        return bool(owner == session.session_id or (is_transfer and self._names.get(owner) == session.user.name))
