"""What a webhook reads, and what it is."""

from __future__ import annotations

from typing import Protocol

from skelp.domain.webhooks import DeadLetter, WebhookStatus
from skelp.ports.records import Event


class LetterRecords(Protocol):
    """What a webhook reads: the feed, how far it is, and what it gave up."""

    def feed_id(self) -> str: ...
    def newest_event(self) -> int: ...
    def events(self, *, after: int, limit: int) -> list[Event]: ...
    def letters_sent(self, webhook: str) -> int | None: ...
    def dead_letters(self, webhook: str, *, again: bool | None = None) -> list[DeadLetter]: ...


class Webhook(Protocol):
    """Sends events to another program. `send_again` gives the number of letters that were given up before.

    `give_up` raises LookupError if no letter fails.
    """

    @property
    def name(self) -> str: ...
    def status(self) -> WebhookStatus: ...
    def send_again(self) -> int: ...
    def give_up(self) -> None: ...
