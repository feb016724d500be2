"""Numerical precision of the training loop."""

from __future__ import annotations

import torch

from skelp.domain.errors import SkelpError
from skelp.inference.cpu import has_bf16


def resolve_precision(wanted: str, device: str) -> tuple[torch.dtype, str]:
    """The type to compute in and the reason: bf16 if the machine supports it, else fp32. A CPU without bf16 took ten times as long with it.

    Raises SkelpError if bf16 is asked for and the machine does not support it.
    """
    if wanted == "fp32":
        return torch.float32, "asked for"
    able = torch.cuda.is_bf16_supported() if device.startswith("cuda") else has_bf16()
    if wanted == "bf16":
        if not able:
            raise SkelpError("this machine does not support bf16, which would be far slower than fp32; set precision to auto or fp32")
        return torch.bfloat16, "asked for"
    return (torch.bfloat16, "the machine supports it") if able else (torch.float32, "the machine does not support bf16")
