"""Arithmetic of the training loop."""

from __future__ import annotations

from pathlib import Path

import torch

from skelp.domain.errors import SkelpError


def resolve(wanted: str, device: str) -> tuple[torch.dtype, str]:
    """bf16 where the machine multiplies in it, else fp32; and why. On a CPU without it bf16 was ten times slower than fp32."""
    if wanted == "fp32":
        return torch.float32, "asked for"
    if device.startswith("cuda"):
        able = torch.cuda.is_bf16_supported()
    else:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore") if Path("/proc/cpuinfo").exists() else ""
        able = "avx512_bf16" in flags or "amx_bf16" in flags or "bf16 " in flags
    if wanted == "bf16":
        if not able:
            raise SkelpError("this machine does not multiply in bf16, so it would be far slower than fp32; set precision to auto or fp32")
        return torch.bfloat16, "asked for"
    return (torch.bfloat16, "the machine multiplies in it") if able else (torch.float32, "the machine has no bf16")
