"""What is stored over restarts beside the place: the number of the last session, and which results were sent last."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import structlog
from pydantic import Field

from skelp.domain.errors import SkelpError
from skelp.validation import parsed_json, read_text
from skelp.whole_file import whole_file
from skelp_client import Event

SESSIONS = 256
"""bdSeq counts the sessions from 0 to 255, and then from 0 again."""
_MOST = 1000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sent:
    """An event whose result the broker has. `previous`: the one sent before it, None if that is not known. `at_s`: when, since 1970."""

    seq: int
    previous: int | None
    at_s: float
    time: str
    coil_id: str
    kind: str

    @property
    def event(self) -> Event:
        return Event(self.seq, self.time, self.coil_id, self.kind, {})


@dataclass(frozen=True, slots=True)
class _Stored:
    bd_seq: Annotated[int, Field(ge=0, lt=SESSIONS)] | None = None
    sent: tuple[Sent, ...] = field(default=())


class History:
    """The file. If it is lost, a host sees sessions counted from 0 again, and one `Feed/Previous` that is not known: nothing of the steel.

    `keep_s`: how long it stores what was sent.
    """

    def __init__(self, file: Path, keep_s: float) -> None:
        """Raises SkelpError if there is a file that cannot be read."""
        self._file, self._keep_s = file, keep_s
        stored = _Stored()
        if file.exists():
            hint = "it has the number of the last Sparkplug session; delete it to count from 0 again"
            stored = parsed_json(read_text(file, "session", hint), _Stored, where=f"{file} ({hint})")
        self._bd_seq, self._sent = stored.bd_seq, list(stored.sent)
        self._walked: int | None = None

    @property
    def last(self) -> Sent | None:
        """The newest result that was sent."""
        return self._sent[-1] if self._sent else None

    def next_session(self) -> int:
        """The bdSeq of the session that begins."""
        self._bd_seq = 0 if self._bd_seq is None else (self._bd_seq + 1) % SESSIONS
        self._write()
        return self._bd_seq

    def previous(self, seq: int) -> int | None:
        """The result that was sent before that of event `seq`: a host that does not have it has missed something.

        Results are sent in order; only a request to send again goes back.
        """
        if self._walked is not None and self._walked < seq:
            return self._walked
        if self.last is not None and self.last.seq < seq:
            return self.last.seq
        return next((s.previous for s in self._sent if s.seq == seq), None)

    def sent(self, event: Event, now_s: float) -> None:
        """The broker has the result of this event."""
        entry = Sent(event.seq, self.previous(event.seq), now_s, event.time, event.coil_id, event.kind)
        self._walked = event.seq
        kept = sorted((*(s for s in self._sent if s.seq != event.seq), entry), key=lambda s: s.seq)
        newest = kept[-1].seq
        self._sent = [s for s in kept if s.seq == newest or now_s - s.at_s <= self._keep_s][-_MOST:]
        self._write()

    def since(self, moment_s: float) -> int | None:
        """The event after which everything is to be sent again, so that nothing sent since a moment is left out. None if nothing was."""
        late = [s.seq for s in self._sent if s.at_s >= moment_s]
        return min(late) - 1 if late else None

    def _write(self) -> None:
        """A full disk stops nothing here. The place, without which coils would be lost, is a file of its own and does stop the process."""
        try:
            with whole_file(self._file) as draft:
                draft.write_text(json.dumps(asdict(_Stored(self._bd_seq, tuple(self._sent)))) + "\n", encoding="utf-8")
        except SkelpError as error:
            log.warning("the Sparkplug session cannot be stored", why=str(error))
