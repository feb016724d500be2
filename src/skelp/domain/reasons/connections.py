"""Reasons about connections to the plant's systems: why an MES gets no results."""

from __future__ import annotations

from skelp.domain.reasons.code import Code, Reason


class _OfConnection(Reason):
    connection: str
    language: str
    waiting: int


class ConnectionSilent(_OfConnection, code=Code.CONNECTION_SILENT):
    """The process that speaks this language has not reported to the station. `waiting`: final coils and changes that were not
    acknowledged when it reported last.
    """


class ConnectionUnanswered(_OfConnection, code=Code.CONNECTION_UNANSWERED):
    """The peer is not there or does not answer. `waiting`: final coils and changes that are not acknowledged."""


class ConnectionRefused(_OfConnection, code=Code.CONNECTION_REFUSED):
    """The peer refuses the credentials or what is sent. `waiting`: final coils and changes that are not acknowledged."""


class ConnectionFailed(_OfConnection, code=Code.CONNECTION_FAILED):
    """The process cannot work, for a cause of its own. `waiting`: final coils and changes that are not acknowledged."""
