"""Takes telegrams of level 2: does each once, in order, and acknowledges it as often as it comes."""

from __future__ import annotations

import hashlib
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import structlog

from skelp_client import ClientError
from skelp_languages.level2.acting import Actor, result_of
from skelp_languages.level2.conversation import Answer, Conversation
from skelp_languages.level2.fields import DoesNotFit, NotUnderstood
from skelp_languages.level2.layout import Layout, Place
from skelp_languages.level2.meanings import FROM_LEVEL_2, Telegram, Values
from skelp_languages.level2.memory import Memory
from skelp_languages.level2.telegrams import Outer, Read, pack, unpack
from skelp_languages.seldom import Seldom

LATE_S = 10.0
"""A telegram that waited so long, because the station did not answer, is refused: a coil start counts from when it arrives."""
_WAITING = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Asked:
    telegram: Telegram
    read: Read
    key: str
    at: float


class Receiver:
    """`heard` gets each whole telegram and returns at once; a thread of its own does what it asks for. `send` returns whether it left."""

    def __init__(self, layout: Layout, memory: Memory, actor: Actor, conversation: Conversation, send: Callable[[bytes], bool]) -> None:
        self._layout, self._memory, self._actor, self._conversation, self._send = layout, memory, actor, conversation, send
        self._asked: queue.Queue[_Asked | None] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._run, name="acting", daemon=True)
        self._seldom = Seldom()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with suppress(queue.Full):
            self._asked.put(None, timeout=LATE_S)
        self._thread.join(LATE_S)

    def heard(self, raw: bytes) -> None:
        """A telegram came."""
        try:
            read = unpack(self._layout, raw)
        except NotUnderstood as error:
            self._seldom.warning("a telegram of level 2 is not understood", why=str(error), hex=raw.hex(" "))
            self._refuse_unread(raw)
            return
        if read.telegram is None:
            self._seldom.warning("level 2 sent a telegram that the layout does not have", code=read.code, hex=raw.hex(" "))
            self._acknowledge(read, "unknown_telegram")
        elif not self._is_for_us(read):
            self._seldom.warning("a telegram is for somebody else", sender=read.head.get("sender"), receiver=read.head.get("receiver"))
            self._answer_unless_answer(read, "other_receiver")
        elif read.telegram in {Telegram.ACK, Telegram.NACK}:
            self._take_answer(read, read.telegram)
        elif read.telegram in FROM_LEVEL_2:
            self._queue(_Asked(read.telegram, read, key_of(self._layout, read.telegram, raw), time.monotonic()))

    def _is_for_us(self, read: Read) -> bool:
        names = self._layout.file
        return read.head.get("sender", names.level2) == names.level2 and read.head.get("receiver", names.skelp) == names.skelp

    def _queue(self, asked: _Asked) -> None:
        try:
            self._asked.put_nowait(asked)
        except queue.Full:
            self._seldom.warning("too many telegrams of level 2 wait; one is left for level 2 to send again", code=asked.read.code)

    def _take_answer(self, read: Read, telegram: Telegram) -> None:
        result = read.body.get("result", "done" if telegram is Telegram.ACK else "refused")
        answer = Answer(telegram is Telegram.ACK and result == "done", " ".join(str(v) for v in (result, read.body.get("reason")) if v))
        of_number = read.body.get("of_number")
        number = read.number if of_number is None else of_number
        if not self._conversation.answered(read.body.get("of_code"), number, answer):
            self._seldom.warning("level 2 acknowledged what was not waited for", code=read.body.get("of_code"), number=number)

    def _run(self) -> None:
        while (asked := self._asked.get()) is not None:
            self._acknowledge(asked.read, self._done(asked))

    def _done(self, asked: _Asked) -> str:
        """How the telegram ended. The last one that was done for a coil is not done again; one that was refused is tried again."""
        known = self._memory.known(asked.key)
        if known is not None and known.done:
            return "done"
        if time.monotonic() - asked.at > LATE_S:
            return "station_away"
        body, passes = asked.read.body, known.passes if known else None
        coil = str(body.get("coil_id") or "").strip()
        try:
            if passes is None:
                passes = self._actor.passes_before(asked.telegram, body)
        except ClientError as error:
            return result_of(error)
        if passes is not None and known is None:
            self._memory.begins(asked.key, passes, coil)
        result = self._actor.act(asked.telegram, body, passes)
        if result == "done":
            self._memory.done(asked.key, coil)
        log.info("a telegram of level 2", code=asked.read.code, number=asked.read.number, coil=coil, result=result)
        return result

    def _refuse_unread(self, raw: bytes) -> None:
        """Refuse a telegram of which at least the head can be read."""
        codec = self._layout.codec
        head: dict[str, object] = {}
        for place in self._layout.head:
            if isinstance(place, Place):
                try:
                    head[place.field.stands_for] = place.of(raw, codec)
                except NotUnderstood:
                    continue
        if "code" in head and "number" in head:
            telegram = self._layout.telegram_of(head["code"], to_level_2=False)
            self._answer_unless_answer(Read(telegram, head, {}), "not_understood")  # type: ignore[arg-type] # values of fields

    def _answer_unless_answer(self, read: Read, result: str) -> None:
        """Never acknowledge an acknowledgement: two that do so never end."""
        if read.telegram not in {Telegram.ACK, Telegram.NACK, Telegram.ALIVE}:
            self._acknowledge(read, result)

    def _acknowledge(self, read: Read, result: str) -> None:
        negative = result != "done" and self._layout.has(Telegram.NACK)
        reason = "" if result == "done" else result
        body: Values = {"of_code": read.code, "of_number": read.number, "result": result, "reason": reason}
        outer = Outer(datetime.now(UTC), read.number)
        try:
            self._send(pack(self._layout, Telegram.NACK if negative else Telegram.ACK, outer, body))
        except DoesNotFit as error:
            self._seldom.warning("an acknowledgement does not fit the layout and is not sent", why=str(error))


def key_of(layout: Layout, telegram: Telegram, raw: bytes) -> str:
    """By what a telegram is known again: its code, its number and its body. Its header may say another time when it comes again."""
    read = unpack(layout, raw)
    body = raw[layout.head_width : layout.head_width + layout.telegrams[telegram].width]
    return f"{read.code} {read.number} {hashlib.sha256(body).hexdigest()[:32]}"
