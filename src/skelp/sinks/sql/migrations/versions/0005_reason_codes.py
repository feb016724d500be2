"""Reasons become codes with arguments. The English text that was stored stays beside them (`old_text`)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from skelp.sinks.sql.migrations.old_sentences import coded, parts

revision = "0005"
down_revision = "0004"

_intervals = sa.table(
    "intervals", *(sa.column(c) for c in ("coil_id", "camera", "first_line", "old_text", "code")), sa.column("args", sa.JSON)
)
_coils = sa.table("coils", sa.column("coil_id"), sa.column("mm_per_line"), sa.column("reasons", sa.JSON))
_defects = sa.table("defects", sa.column("defect_id"), sa.column("side"))
_events = sa.table("events", sa.column("seq"), sa.column("kind"), sa.column("coil_id"), sa.column("data", sa.JSON))
_PAGE = 5000
_CROPS = {"crops.deleted": "records.pictures_deleted", "crops.failed": "records.pictures_failed"}


def upgrade() -> None:
    op.execute("ALTER TABLE intervals RENAME COLUMN reason TO old_text")
    op.add_column("intervals", sa.Column("code", sa.String(64), nullable=False, server_default=""))
    op.add_column("intervals", sa.Column("args", sa.JSON))
    connection = op.get_bind()
    _upgrade_intervals(connection)
    for row in connection.execute(sa.select(_coils).where(_coils.c.reasons.is_not(None))).all():
        connection.execute(_coils.update().where(_coils.c.coil_id == row.coil_id).values(reasons=_reasons(row.reasons or [])))
    _upgrade_events(connection)


def _upgrade_intervals(connection: sa.Connection) -> None:
    """One update for each sentence: a station has written few different ones, on many intervals."""
    texts = connection.scalars(sa.select(_intervals.c.old_text).where(_intervals.c.old_text != "").distinct()).all()
    for text in texts:
        found = coded(text)
        connection.execute(_intervals.update().where(_intervals.c.old_text == text).values(code=found["code"], args=found["args"]))


def _upgrade_events(connection: sa.Connection) -> None:
    scale = {row.coil_id: row.mm_per_line for row in connection.execute(sa.select(_coils.c.coil_id, _coils.c.mm_per_line))}
    seq = 0
    while rows := connection.execute(sa.select(_events).where(_events.c.seq > seq).order_by(_events.c.seq).limit(_PAGE)).all():
        seq = rows[-1].seq
        for row in rows:
            data = _data(row.kind, row.data, scale.get(row.coil_id, 0.0))
            if row.kind == "defect.found" and "side" not in row.data:  # from before events said it
                side = connection.scalar(sa.select(_defects.c.side).where(_defects.c.defect_id == row.data["defect_id"]))
                data = row.data | {"side": side or "top"}
            if data is not None:
                connection.execute(_events.update().where(_events.c.seq == row.seq).values(data=data))


def _data(kind: str, data: dict[str, Any], mm_per_line: float) -> dict[str, Any] | None:
    """An event's data with coded reasons; None where nothing changes."""
    if kind in _CROPS:
        return data | {"reason": {"code": _CROPS[kind], "args": {"defects": data.get("defects", 0)}}, "old_text": data.get("reason", "")}
    if kind == "coil.final":
        return data | {"reasons": _reasons(data.get("reasons", []))}
    if kind == "alarm.acknowledged":
        return data | {"key": _key(data.get("key", ""))}
    if isinstance(data.get("reason"), str) and kind != "optics.reference":
        along = {"along_mm": data.get("along_mm", round(data["first_line"] * mm_per_line, 2))} if "first_line" in data else {}
        return data | along | {"reason": coded(data["reason"]), "old_text": data["reason"]}
    return None


def _reasons(sentences: list[str]) -> list[dict[str, Any]]:
    return [part | {"old_text": sentence} for sentence in sentences for part in parts(sentence)]


def _key(key: str) -> str:
    """Alarms of lines that are not inspected carried the sentence in their key, those of defects the severity in words."""
    kind, _, rest = key.partition("/")
    if kind in ("coverage.lost", "coverage.degraded"):
        camera, _, sentence = rest.partition("/")
        return f"{kind}/{camera}/{coded(sentence)['code']}"
    return f"{kind}/{rest.replace(' severity ', '/')}" if kind == "defect.found" else key
