"""What this machine's CPU can do."""

from __future__ import annotations

import functools
import platform
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
_BF16 = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
"""How Linux names it on x86-64 and on ARM."""
_FOR_NETWORKS = (
    *("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_int8", "amx_bf16"),
    *("asimd", "asimddp", "bf16", "i8mm", "sve"),
)
"""Instruction sets that networks use, as Linux names them. A virtual machine's CPU keeps its name where it loses some of them."""
_NAMES = ("model name", "CPU implementer", "CPU part")
"""Lines of cpuinfo that name the CPU: the first on x86-64, the others on ARM."""


@functools.cache
def has_bf16() -> bool:
    """Whether the CPU computes in bf16. Otherwise it is emulated: on a Xeon without it, OpenVINO was four times slower than in fp32."""
    return bool(_BF16 & set(_cpuinfo().split()))


@functools.cache
def cpu_name() -> str:
    """The CPU's model and the instruction sets that it has for networks: another name is another speed."""
    text = _cpuinfo()
    lines = dict(reversed([(key.strip(), value.strip()) for key, _, value in (line.partition(":") for line in text.splitlines())]))
    names = [lines[key] for key in _NAMES if lines.get(key)] or [platform.machine()]
    has = set(text.split())
    return f"{' '.join(names)} ({' '.join(name for name in _FOR_NETWORKS if name in has)})"


def _cpuinfo() -> str:
    try:
        return _CPUINFO.read_text(encoding="ascii", errors="ignore")
    except OSError:
        return ""
