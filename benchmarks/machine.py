"""Names the machine that a benchmark ran on, and says whether other work ran beside it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skelp.inference.cpu import has_bf16
from skelp.terminal import err

_BUSY = 0.25
"""Load for each core above which other work slows a benchmark."""


def machine() -> dict[str, Any]:
    """Facts for the result. Prints a warning if the machine is busy. To be called before anything is measured."""
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0]
    if load > _BUSY * cores:
        err.print(f"other work runs on this machine: the load was {load:.1f} on {cores} cores in the last minute; compare ratios only")
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    cpu = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), "unknown")
    when = datetime.now(UTC).isoformat(timespec="seconds")
    return {"cpu": cpu, "cores": cores, "bf16": has_bf16(), "load_before": round(load, 2), "when": when}
