"""Any source in a process of its own: a driver that crashes or holds the interpreter's lock takes nothing else with it."""

from skelp.capture.isolated.source import IsolatedSource

__all__ = ["IsolatedSource"]
