"""Webhooks: signed, in order, again until they arrive; what is given up is kept, shown and sent again."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from skelp.api.app import create_app
from skelp.api.guard import Guard
from skelp.domain.errors import SkelpError
from skelp.domain.events import Kind, StationStarted, WebhookFailing
from skelp.domain.reasons import RecordsLocked
from skelp.domain.webhooks import Failure, signature
from skelp.settings import WebhookSettings
from skelp.sinks import courier
from skelp.sinks.courier import Courier, Hook
from skelp.sinks.post import Poster
from skelp.webhooks import made_hook
from tests.receiver import Receiver, receiving
from tests.station_server import V1, StationServer

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skelp.domain.webhooks.FIRST_WAIT_S", 0.05)
    monkeypatch.setattr("skelp.domain.webhooks.LONGEST_WAIT_S", 0.2)
    monkeypatch.setattr(courier, "_POLL_S", 0.02)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(KEY) as receiver:
        yield receiver


def hook(url: str, *kinds: str) -> Hook:
    return Hook("mes", url, frozenset(kinds or ("station.started",)), KEY, Poster("mes", url, timeout_s=2))


@contextmanager
def sending(server: StationServer, hook: Hook) -> Iterator[Courier]:
    with Courier(hook, "line1", server.reader, server.writer) as sent:
        yield sent


def publish(server: StationServer, *models: str) -> None:
    for model in models:
        server.publish(StationStarted(model, "cpu"))


def model(letter: dict[str, Any]) -> str:
    return str(letter["data"]["event"]["data"]["model"])


def test_events_arrive_signed_in_order_and_begin_with_what_happens_after_the_webhook_was_configured(
    each_server: StationServer, receiver: Receiver
) -> None:
    publish(each_server, "before")
    with sending(each_server, hook(receiver.url)) as webhook:
        publish(each_server, "a", "b")
        each_server.publish(WebhookFailing("other", RecordsLocked(1.0)))  # nobody asked for it
        publish(each_server, "c")
        receiver.wait(lambda: len(receiver.letters) == 3)
        assert receiver.seqs() == [2, 3, 5]
        each_server.publish(WebhookFailing("other", RecordsLocked(1.0)))
        receiver.wait(lambda: webhook.status().sent == 6)
        assert (webhook.status().behind, webhook.status().failure, webhook.status().dead) == (0, None, ())
    letter = next(iter(receiver.letters.values()))
    event = each_server.client.get(f"{V1}/events?after=1&limit=1").json()["events"][0]
    assert letter == {
        "type": "station.started",
        "timestamp": event["time"],
        "data": {"station": "line1", "feed_id": each_server.reader.feed_id(), "event": event},
    }
    publish(each_server, "while it was off")
    with sending(each_server, hook(receiver.url)):
        receiver.wait(lambda: receiver.seqs() == [2, 3, 5, 7])
    assert receiver.tries == list(receiver.letters), "each came once"


def test_a_receiver_that_is_down_gets_everything_in_order_when_it_is_back(server: StationServer, receiver: Receiver) -> None:
    receiver.answer = lambda _: 503
    with sending(server, hook(receiver.url)) as webhook:
        publish(server, "a", "b")
        receiver.wait(lambda: len(receiver.tries) >= 4)
        status = webhook.status()
        assert set(receiver.tries) == {receiver.tries[0]}, "b waits behind a"
        assert status.failure
        assert (status.failure.status, status.failure.detail, status.failure.reason.code) == (503, "503 as said", "webhook.refused")
        assert status.failing_since
        assert status.next_try_at
        receiver.answer = lambda _: 204
        receiver.wait(lambda: receiver.seqs() == [1, 2])
        receiver.wait(lambda: webhook.status().failure is None)
        assert webhook.status().dead == ()


def test_a_receiver_that_is_not_there_is_named(server: StationServer) -> None:
    with receiving(KEY) as gone:
        url = gone.url
    with sending(server, hook(url)) as webhook:
        publish(server, "a")
        until_fails(webhook)
        failure = webhook.status().failure
        assert failure
        assert (failure.status, failure.reason.code) == (0, "webhook.no_answer")
        assert "refused" in failure.detail
        with receiving(KEY, int(url.split(":")[2].split("/")[0])) as back:
            back.wait(lambda: back.seqs() == [1])


def until_fails(webhook: Courier) -> None:
    Receiver(KEY).wait(lambda: webhook.status().failure is not None)


def test_a_letter_that_is_refused_for_what_it_says_is_given_up_and_the_next_ones_go_on(server: StationServer, receiver: Receiver) -> None:
    receiver.answer = lambda letter: 422 if model(letter) == "bad" else 204
    with sending(server, hook(receiver.url)) as webhook:
        publish(server, "a", "bad", "c")
        receiver.wait(lambda: len(receiver.letters) == 2)
        assert len(receiver.tries) == 2 + 5
        (dead,) = webhook.status().dead
        assert (dead.seq, dead.error, dead.again) == (2, "422 as said", False)
        alarms = server.client.get(f"{V1}/alarms").json()["alarms"]
        assert [(a["kind"], a["reasons"][0]["args"]) for a in alarms] == [("webhook.failing", {"webhook": "mes", "status": 422})]
        assert webhook.send_again() == 1
        receiver.wait(lambda: receiver.tries.count(receiver.tries[1]) == 6)
        receiver.wait(lambda: not webhook.status().dead[0].again)
        receiver.answer = lambda _: 200
        webhook.send_again()
        receiver.wait(lambda: len(receiver.letters) == 3)
        receiver.wait(lambda: webhook.status().dead == ())


def test_an_event_that_is_too_old_gets_one_more_try(server: StationServer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "GIVE_UP", timedelta(0))
    receiver.answer = lambda _: 500
    with sending(server, hook(receiver.url)) as webhook:
        publish(server, "a", "b")
        receiver.wait(lambda: len(webhook.status().dead) == 2)
    assert len(receiver.tries) == 2


def test_a_person_may_give_up_the_letter_that_holds_up_the_others(server: StationServer, receiver: Receiver) -> None:
    receiver.answer = lambda letter: 500 if model(letter) == "a" else 204
    with sending(server, hook(receiver.url)) as webhook:
        with pytest.raises(LookupError, match="no letter that fails"):
            webhook.give_up()
        publish(server, "a", "b")
        until_fails(webhook)
        webhook.give_up()
        receiver.wait(lambda: receiver.seqs() == [2])
        assert webhook.status().dead[0].error == "given up by a person; last: 500 as said"


def test_giving_up_means_the_letter_that_failed_and_no_later_one(server: StationServer, receiver: Receiver) -> None:
    receiver.answer = lambda letter: 500 if model(letter) == "a" else 204
    with sending(server, hook(receiver.url)) as webhook:
        publish(server, "a")
        until_fails(webhook)
        receiver.answer = lambda _: 204
        receiver.wait(lambda: receiver.seqs() == [1])
        webhook._skip.set()  # a person was a moment too late
        receiver.answer = lambda letter: 500 if len(receiver.tries) < 6 else 204
        publish(server, "b")
        receiver.wait(lambda: receiver.seqs() == [1, 2])
        assert webhook.status().dead == ()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "https://a..b/x", "https://127.0.0.1:1/\u00e9 x"])
def test_an_address_that_cannot_be_called_is_a_failure_and_no_bug(url: str) -> None:
    failure = Poster("mes", url, timeout_s=2)(b"{}", {})
    assert failure
    assert (failure.status, failure.detail.startswith("no answer: ")) == (0, True)


def test_a_bug_does_not_end_a_webhook(server: StationServer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "LONGEST_WAIT_S", 0.05)
    broken, post = [ZeroDivisionError], Poster("mes", receiver.url, timeout_s=2)

    def odd(body: bytes, headers: Mapping[str, str]) -> Failure | None:
        if broken:
            raise broken.pop()
        return post(body, headers)

    with sending(server, replace(hook(receiver.url), post=odd)):
        publish(server, "a")
        receiver.wait(lambda: receiver.seqs() == [1])


def test_events_that_were_deleted_before_they_were_sent_are_named_and_not_passed_over(server: StationServer, receiver: Receiver) -> None:
    with sending(server, hook(receiver.url)):
        pass
    publish(server, "a", "b", "c")
    with server.writer.transaction() as change:
        change.delete_events(2, 100, "2026-01-01T00:00:00Z", publish=False)
    with sending(server, hook(receiver.url)) as webhook:
        receiver.wait(lambda: receiver.seqs() == [3])
        assert "events 1 to 2: it was deleted" in webhook.status().dead[0].error
        webhook.send_again()
        receiver.wait(lambda: "deleted" in webhook.status().dead[0].error and not webhook.status().dead[0].again)


def test_a_letter_whose_arrival_could_not_be_noted_comes_again_with_the_same_id(
    server: StationServer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "_RECORDS_S", 0.05)
    whole, broken = server.writer.transaction, [True, True]

    def transaction() -> Any:
        if broken:
            broken.pop()
            raise SkelpError("results cannot be stored", RecordsLocked(1.0))
        return whole()

    with sending(server, hook(receiver.url)):
        monkeypatch.setattr(server.writer, "transaction", transaction)
        with whole() as change:
            change.publish(StationStarted("a", "cpu"))
        receiver.wait(lambda: len(receiver.tries) == 3)
    assert len(set(receiver.tries)) == 1


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_redirection_is_not_followed(receiver: Receiver, status: int) -> None:
    receiver.answer, receiver.more_headers = lambda _: status, {"location": "http://127.0.0.1:1/elsewhere"}
    failure = posted(receiver)
    assert failure
    assert failure.detail.startswith(f"{status}, to 'http://127.0.0.1:1/elsewhere', which is not followed")
    assert len(receiver.tries) == 1


def posted(receiver: Receiver) -> Failure | None:
    """Post one letter by hand."""
    body, now = b'{"data": {}}', int(time.time())
    headers = {"webhook-id": "m-1", "webhook-timestamp": str(now), "webhook-signature": signature(KEY, "m-1", now, body)}
    return Poster("mes", receiver.url, timeout_s=2)(body, headers)


def test_a_receiver_may_say_how_long_to_wait(receiver: Receiver) -> None:
    receiver.answer, receiver.more_headers = lambda _: 429, {"retry-after": "17"}
    failure = posted(receiver)
    assert failure
    assert failure.retry_after_s == 17.0
    receiver.more_headers = {"retry-after": "9" * 30}
    assert (posted(receiver) or failure).retry_after_s == 3600.0


def test_the_station_shows_its_webhooks_without_what_may_be_secret(server: StationServer, receiver: Receiver, tmp_path: Path) -> None:
    file = tmp_path / "webhook.key"
    file.write_text("whsec_" + base64.b64encode(KEY).decode())
    made = made_hook(WebhookSettings(name="mes", url=receiver.url + "?token=word", secret=file, events=(Kind.STATION_STARTED,)))
    receiver.answer = lambda letter: 422 if model(letter) == "bad" else 204
    with sending(server, made) as webhook:
        app = create_app(replace(server.services, webhooks=[webhook]))
        client = TestClient(Guard(app, None), base_url="http://localhost", headers={"host": "localhost"})
        publish(server, "bad", "b")
        receiver.wait(lambda: len(receiver.letters) == 1)
        text = client.get(f"{V1}/webhooks").text
        (shown,) = client.get(f"{V1}/webhooks").json()["webhooks"]
        assert (shown["url"], shown["events"]) == (receiver.url, ["station.started"])
        assert [d["seq"] for d in shown["dead"]] == [1]
        assert "word" not in text
        receiver.answer = lambda _: 204
        assert client.post(f"{V1}/webhooks/mes/send-again").status_code == 204
        receiver.wait(lambda: len(receiver.letters) == 2)
        assert client.post(f"{V1}/webhooks/mes/give-up").status_code == 404
        assert client.post(f"{V1}/webhooks/sms/send-again").json()["detail"] == "there is no webhook sms in the station file"
