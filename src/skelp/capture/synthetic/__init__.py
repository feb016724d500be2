"""A simulated line-scan camera over simulated steel, with exact truth. The same seed is the same strip."""

from skelp.capture.synthetic.planting import Kind, Planted
from skelp.capture.synthetic.source import SyntheticSource
from skelp.capture.synthetic.strip import SyntheticConfig, SyntheticStrip, Truth

__all__ = ["Kind", "Planted", "SyntheticConfig", "SyntheticSource", "SyntheticStrip", "Truth"]
