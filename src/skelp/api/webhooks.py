"""Routes that show webhooks, and send again what they gave up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path

from skelp.api.schema.webhooks import WebhookList
from skelp.domain.moments import iso
from skelp.domain.webhooks import WebhookStatus
from skelp.ports import Webhook
from skelp.render.records import reason_record

WebhookKey = Annotated[str, Path(max_length=32, pattern=r"^[a-z0-9-]*$")]
"""The name of a webhook, in a path."""


def router(webhooks: Sequence[Webhook]) -> APIRouter:
    """Routes under /webhooks."""
    api = APIRouter(prefix="/webhooks", tags=["feed"])

    def named(name: str) -> Webhook:
        found = next((w for w in webhooks if w.name == name), None)
        if found is None:
            raise LookupError(f"there is no webhook {name} in the station file")
        return found

    @api.get("", response_model=WebhookList)
    def list_webhooks() -> Any:
        """What each webhook has sent, what it tries now, and what it gave up."""
        return {"webhooks": [_record(w.status()) for w in webhooks]}

    @api.post("/{webhook}/send-again", status_code=204)
    def send_again(webhook: WebhookKey) -> None:
        """Send all events again that a webhook gave up, and try at once what waits. The receiver knows a repetition by `webhook-id`."""
        named(webhook).send_again()

    @api.post("/{webhook}/give-up", status_code=204)
    def give_up(webhook: WebhookKey) -> None:
        """Give up the event that a webhook tries in vain, so that the next one is sent. It is kept with those that were given up."""
        named(webhook).give_up()

    return api


def _record(status: WebhookStatus) -> dict[str, Any]:
    failure = status.failure
    return {
        "name": status.name,
        "url": status.url,
        "events": list(status.events),
        "sent": status.sent,
        "behind": status.behind,
        "failing_since": _iso(status.failing_since),
        "reason": failure and reason_record(failure.reason),
        "error": failure and failure.detail,
        "next_try_at": _iso(status.next_try_at),
        "dead": [{"seq": d.seq, "at": _iso(d.at), "error": d.error, "again": d.again} for d in status.dead],
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
