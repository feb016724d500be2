"""A minimal MES. It is written from docs/rest.md and docs/reasons.md, and imports nothing of skelp.

It polls the feed, reads each coil when it is final, and sends each reason to a department by its code. It reads no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Get = Callable[[str], Any]
"""Function that gets a path under /api/v1 and returns the JSON, of a problem document too."""

SEND_TO = {
    "line": "maintenance",
    "camera": "maintenance",
    "picture": "maintenance",
    "optics": "maintenance",
    "strip": "order data",
    "file": "quality",
    "records": "IT",
    "webhook": "IT",
    "connection": "IT",
    "station": "IT",
    "coil": "quality",
    "roll": "roll shop",
    "recipe": "quality",
    "severity": "quality",
    "model": "quality",
    "other": "quality",
}
"""The department that receives a reason, by the part of its code before the dot."""


def documented_codes(page: Path) -> dict[str, set[str]]:
    """Codes and their arguments from the tables of docs/reasons.md. Optional arguments end with `?`."""
    rows = re.findall(r"^\| `([a-z_]+(?:\.[a-z_]+)?)` \| (.*?) \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {code: set(re.findall(r"`([a-z_0-9]+\??)`", arguments)) for code, arguments in rows}


@dataclass
class Mes:
    """`tickets`: department, code and arguments of each reason. `accepted`, `blocked`: coils by decision.

    `restarts`: why the feed was read again from its first event. `missed`: first and last number of events that were deleted.
    """

    get: Get
    codes: dict[str, set[str]]
    seq: int = 0
    feed_id: str = ""
    accepted: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    uninspected_m: dict[str, float] = field(default_factory=dict)
    tickets: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    restarts: list[str] = field(default_factory=list)
    missed: list[tuple[int, int]] = field(default_factory=list)

    def poll(self) -> int:
        """Handle new events. Returns their number. Raises ValueError if event numbers have a hole."""
        page = self.get(f"/events?after={self.seq}&limit=1000" + (f"&feed_id={self.feed_id}" if self.feed_id else ""))
        if "conflict" in page:
            self.restarts.append(page["conflict"])
            self.seq, self.feed_id = 0, ""
            return self.poll()
        if page.get("status") == 410:
            self.missed.append((self.seq + 1, page["oldest"] - 1))
            self.seq = page["oldest"] - 1
            return self.poll()
        self.feed_id = page["feed_id"]
        for event in page["events"]:
            if event["seq"] != self.seq + 1:
                raise ValueError(f"event {event['seq']} follows {self.seq}: the feed has a hole")
            self.seq = event["seq"]
            if event["kind"] == "coil.final":
                self._read(event["coil_id"])
            elif "reason" in event["data"]:
                self._ticket(event["data"]["reason"])
        return len(page["events"])

    def _read(self, coil_id: str) -> None:
        coil = self.get(f"/coils/{coil_id}")
        (self.accepted if coil["decision"] == "accept" else self.blocked).append(coil_id)
        for reason in coil["reasons"]:
            self._ticket(reason)
        lost = [i for i in self.get(f"/coils/{coil_id}/coverage")["intervals"] if i["state"] != "inspected"]
        self.uninspected_m[coil_id] = sum(i["to_m"] - i["from_m"] for i in lost)
        for interval in lost:
            self._ticket(interval["reason"])

    def _ticket(self, reason: dict[str, Any]) -> None:
        code, args = reason["code"], reason["args"]
        known = self.codes[code]
        missing, extra = {a for a in known if not a.endswith("?")} - set(args), set(args) - {a.removesuffix("?") for a in known}
        if missing or extra:
            raise ValueError(f"{code}: arguments {sorted(missing)} are missing, {sorted(extra)} are not documented")
        self.tickets.append((SEND_TO[code.split(".")[0]], code, args))
