"""asyncua calls a method without its session and its user (2.1.0).

The ruleset of the permissions is asked in the task that then runs the method, and it is told the user: it keeps the user for that task.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from asyncua import ua
from asyncua.crypto.permission_rules import SimpleRoleRuleset, User, UserRole


@dataclass
class PlantUser(User):  # type: ignore[misc] # mypy does not read asyncua
    """Who is in a session. `rights`: as the station gives them. `secret`: their token, None for somebody without one."""

    role: UserRole = UserRole.User
    name: str | None = None
    rights: frozenset[str] = frozenset()
    secret: str | None = None

    def __repr__(self) -> str:  # asyncua logs users
        return f"PlantUser({self.name!r})"


NOBODY = PlantUser(role=UserRole.Anonymous)
ANONYMOUS = "anonymous"
"""The name of a user without a token."""
_caller: ContextVar[PlantUser] = ContextVar("caller", default=NOBODY)


def caller() -> PlantUser:
    """Who makes the call that this task runs."""
    return _caller.get()


class Rules(SimpleRoleRuleset):  # type: ignore[misc]
    """What a session may do is what asyncua gives a user; whoever has not shown who they are may do nothing."""

    def check_validity(self, user: Any, action_type_id: ua.NodeId, body: Any) -> bool:
        _caller.set(user if isinstance(user, PlantUser) else NOBODY)
        return bool(super().check_validity(user, action_type_id, body))
