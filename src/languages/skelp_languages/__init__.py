"""skelp-languages: what a skelp station says to a plant, in the plant's languages. Each is a process on the station's feed (ADR 36)."""

__version__ = "0.1.0"
