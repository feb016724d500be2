"""Simulates a line-scan camera over steel, and gives the exact truth about it. The same seed gives the same strip."""

from skelp.capture.synthetic.planting import MarkKind, Planted
from skelp.capture.synthetic.source import SyntheticSource
from skelp.capture.synthetic.strip import SyntheticConfig, SyntheticStrip, Truth

__all__ = ["MarkKind", "Planted", "SyntheticConfig", "SyntheticSource", "SyntheticStrip", "Truth"]
