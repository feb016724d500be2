"""Finds who a secret belongs to. A token that was looked up is remembered for a few seconds, so that polling costs no queries."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from skelp.domain.access import USE_KNOWN_FOR, Caller, Token, digest, is_whole
from skelp.domain.errors import RecordsError
from skelp.ports import LogIns, TokenStore

REMEMBERED_S = 5.0
"""A revoked token is refused after this time at the latest."""
_MOST_REMEMBERED = 1000

log = structlog.get_logger()


class Callers:
    """`of(secret)` gives the caller, or what is wrong with the token: unknown, revoked or expired. Any thread may call it."""

    def __init__(self, store: TokenStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._remembered: OrderedDict[str, tuple[float, Token | None]] = OrderedDict()
        self._lock, self._noting = threading.Lock(), threading.Lock()

    def of(self, secret: str) -> Caller | str:
        """Raises RecordsError if the token cannot be looked up."""
        if not is_whole(secret):
            return "unknown or cut off"
        sha256, now = digest(secret), datetime.now(UTC)
        token = self._token(sha256)
        if token is None:
            return "unknown"
        if fault := token.fault(now):
            return fault
        if (token.last_used_at is None or now - token.last_used_at > USE_KNOWN_FOR) and self._noting.acquire(blocking=False):
            with self._lock:
                if self._remembered.get(sha256, (0.0, None))[1] == token:  # the next request need not note it again
                    self._remembered[sha256] = (self._remembered[sha256][0], replace(token, last_used_at=now))
            threading.Thread(target=self._note, args=(sha256,), name="token use", daemon=True).start()
        return Caller(token.name, token.role, token.expires_at)

    def _token(self, sha256: str) -> Token | None:
        asked_at = self._clock()
        with self._lock:
            at, token = self._remembered.get(sha256, (float("-inf"), None))
        if token is not None and asked_at - at < REMEMBERED_S:
            return token
        token = self._store.find(sha256)
        with self._lock:
            at, newer = self._remembered.get(sha256, (float("-inf"), None))
            if at > asked_at:
                return newer  # it was forgotten, or a later question was answered meanwhile
            self._remembered.pop(sha256, None)
            if token is not None:
                self._remembered[sha256] = (asked_at, token)
            if len(self._remembered) > _MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        return token

    def _note(self, sha256: str) -> None:
        """Note the use, beside the request: a full disk or another program's lock must not keep the MES waiting."""
        try:
            self._store.used(sha256)
        except RecordsError as error:
            log.warning("the use of a token was not noted", cause=str(error))
        finally:
            self._noting.release()


class People(Callers):
    """Callers by their log-ins, and how they log in and out."""

    def __init__(self, store: LogIns) -> None:
        super().__init__(store)
        self._log_ins = store

    def log_in(self, name: str, password: str, valid: timedelta) -> str | None:
        """The secret of a new log-in; None if name and password do not fit."""
        return self._log_ins.log_in(name, password, valid)

    def log_out(self, secret: str) -> None:
        """End a log-in, at once."""
        sha256 = digest(secret)
        self._log_ins.log_out(sha256)
        with self._lock:
            self._remembered[sha256] = (self._clock(), None)  # a look-up that began before is not remembered
