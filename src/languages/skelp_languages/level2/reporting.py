"""How the connection to level 2 stands: whether somebody is there, and whether what was sent is taken."""

from __future__ import annotations

import threading

from skelp_languages.standing import Standings, State


class Report:
    """Puts two things into one state: the connection, and what holds up the telegram that is sent. Any thread may call it."""

    def __init__(self, standings: Standings, address: str, *, is_server: bool) -> None:
        self._standings, self._address = standings, address
        self._nobody = State.WAITING if is_server else State.CONNECTING
        self._lock = threading.Lock()
        self._peer: str | None = None
        self._why = "level 2 has not connected yet"
        self._trouble: tuple[State, str] | None = None
        self._left_out = ""
        self._say()

    def connection(self, peer: str | None, why: str) -> None:
        """Somebody is connected, or nobody any more."""
        with self._lock:
            self._peer, self._why = peer, why
            self._say()

    def trouble(self, state: State, detail: str) -> None:
        """What is sent does not get through."""
        with self._lock:
            self._trouble = state, detail
            self._say()

    def well(self) -> None:
        """What was sent got through."""
        with self._lock:
            self._trouble = None
            self._say()

    def left_out(self, count: int, newest: str) -> None:
        """So many results were left out over all time."""
        with self._lock:
            self._left_out = f"{count} results were left out; the newest: {newest}"
            self._say()

    def _say(self) -> None:
        """What was left out comes first in every state: level 2 does not have it until somebody has seen to that."""
        state, why, peer = State.CONNECTED, "", self._peer
        if peer is None:
            state, why, peer = self._nobody, self._why, self._address
        elif self._trouble is not None:
            state, why = self._trouble
        self._standings.is_now(state, "; ".join(filter(None, (self._left_out, why))), peer=peer)
