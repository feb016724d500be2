"""What this machine's CPU can do."""

from __future__ import annotations

import functools
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
_BF16 = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
"""How Linux names it on x86-64 and on ARM."""


@functools.cache
def has_bf16() -> bool:
    """Whether the CPU computes in bf16. Otherwise it is emulated: on a Xeon without it, OpenVINO was four times slower than in fp32."""
    try:
        return bool(_BF16 & set(_CPUINFO.read_text(encoding="ascii", errors="ignore").split()))
    except OSError:
        return False
