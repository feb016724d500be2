"""Names the machine that a benchmark ran on, and says whether other work ran beside it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skelp.inference.cpu import cpu_name, has_bf16
from skelp.terminal import err

MOST_OTHER_WORK = 0.05
"""Share of the cores that other processes may take during a measurement."""
_TRIES = 6


def undisturbed(measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The result of a measurement in a child process, with the share of the cores that other processes took meanwhile as `other_work`.

    It measures again, at most 5 times, while that is above 5%. The result that was disturbed least counts.
    """
    found: list[dict[str, Any]] = []
    for _ in range(_TRIES):
        began, busy, own = time.monotonic(), _busy_s(), _own_s()
        facts = measure()
        wall = (time.monotonic() - began) * (os.cpu_count() or 1)
        share = max(0.0, (_busy_s() - busy - (_own_s() - own)) / wall)
        found.append(facts | {"other_work": round(share, 3)})
        if share <= MOST_OTHER_WORK:
            break
        err.print(f"other processes took {share:.0%} of the cores", highlight=False)
    return min(found, key=lambda facts: float(facts["other_work"]))


def _busy_s() -> float:
    """Seconds that all cores together have worked since the start, and those that a hypervisor gave to others."""
    user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def _own_s() -> float:
    own = os.times()
    return own.user + own.system + own.children_user + own.children_system


def machine() -> dict[str, Any]:
    """Facts for the result."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    return {"cpu": cpu_name(), "cores": os.cpu_count(), "bf16": has_bf16(), "when": when}
