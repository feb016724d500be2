"""Runs any source in a child process. A driver that crashes or holds the interpreter's lock then stops only its own process (ADR 8)."""

from skelp.capture.isolated.source import IsolatedSource

__all__ = ["IsolatedSource"]
