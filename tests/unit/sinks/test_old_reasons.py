"""Migration of a database without reason codes: each sentence that a station could write gets its code, and remains stored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from skelp.domain.coverage import Interval, State
from skelp.domain.events import AlarmAcknowledged, CoilFinal, CoverageLost, CropsDeleted, DefectFound, OpticsReference
from skelp.domain.reasons import (
    BeforeFirst,
    BufferUnderrun,
    CameraEndedEarly,
    CameraNoAnswer,
    CameraNoFrames,
    CameraOutOfStep,
    CameraProcessEnded,
    CameraProcessSilent,
    CameraSilent,
    CoilEdgeMargin,
    CoilInterrupted,
    CoilManyDefects,
    CoilNoLine,
    CoilNotInspected,
    CoilProvisional,
    CoilRunning,
    CoilSevereDefects,
    CoilSound,
    CoilWidthNotGiven,
    Counted,
    CountRestarted,
    FileBadHeader,
    FileBroken,
    FileNotAnImage,
    FilePages,
    FileTooLarge,
    FileWidth,
    FocusLost,
    FrameDropped,
    FrameIncomplete,
    FrameShort,
    FramesMissing,
    LightLost,
    NoStrip,
    Other,
    Overexposed,
    Overrun,
    PicturesDeleted,
    Reason,
    RingFull,
    StationInterrupted,
    StripBeyondPicture,
    StripLessThanGiven,
    StripMoreThanGiven,
    StripNarrower,
)
from skelp.domain.recipe import Recipe
from skelp.sinks import sql
from skelp.sinks.sql import Database
from skelp.sinks.sql.migrations.old_sentences import coded, parts
from tests.unit.sinks.conftest import ME

SENTENCES: dict[str, Reason] = {
    "overrun: the line was faster than the inspection": Overrun(),
    "overrun: no free place in the ring of the capture process": RingFull(),
    "camera silent: lines counted by its rate of 12800 Hz": CameraSilent(Counted.LINE_RATE, 12800),
    "camera silent: lines counted by camera top-1": CameraSilent(Counted.OTHER_CAMERA, by_camera="top-1"),
    "camera lost, its process ended (killed by signal 9): lines counted by the encoder": CameraProcessEnded(
        Counted.ENCODER, ended_by="signal 9"
    ),
    "camera lost, its process ended (exit code 1): lines counted by the last speed seen, 6400 lines/s": CameraProcessEnded(
        Counted.SPEED, 6400, ended_by="exit code 1"
    ),
    "camera lost, its process said nothing for 5 s: how many lines passed is not known": CameraProcessSilent(Counted.NOT_KNOWN, silent_s=5),
    "camera lost: what passes meanwhile is counted when it is back": CameraNoAnswer(Counted.LATER),
    "camera lost: lines counted by its rate of 12800 Hz": CameraNoAnswer(Counted.LINE_RATE, 12800),
    "camera lost: lines counted by the last speed seen, 2000 lines/s: the strip may have stood": CameraNoAnswer(Counted.SPEED, 2000),
    "the camera began to count anew: lines counted by its rate of 1000 Hz": CountRestarted(Counted.LINE_RATE, 1000),
    "frame ids are missing: frames were lost in the camera or on the way": FramesMissing(),
    "frame dropped by the camera": FrameDropped(),
    "incomplete frame: data were lost between camera and host": FrameIncomplete(),
    "short frame: the last lines of 512 did not come": FrameShort(512),
    "buffer underrun: the host gave buffers back too late": BufferUnderrun(),
    "before this camera's first line: it began later than the others, or stands behind them": BeforeFirst(),
    "a camera delivered no more lines": CameraEndedEarly(),
    "station interrupted: 5000 lines estimated from 10 s at 500 Hz": StationInterrupted(5000, 10, 500),
    "no strip in the picture: dark, or off the line": NoStrip(),
    "over-exposed: glare hides the surface": Overexposed(),
    "the strip looks narrower than before: a lamp out, or an edge not seen": StripNarrower(),
    "less steel seen than the strip is wide: a lamp out, or a wrong mm per pixel": StripLessThanGiven(),
    "more steel seen than the strip is wide: the width that was given is wrong, so what is unseen cannot be told": StripMoreThanGiven(),
    "the strip is wider than the picture: its far edge was not seen": StripBeyondPicture(),
    "the camera does not answer": CameraNoAnswer(),
    "the camera answers, but sent no frame for 0.5 s": CameraNoFrames(silent_s=0.5),
    "its process ended (killed by signal 9)": CameraProcessEnded(ended_by="signal 9"),
    "its process said nothing for 5 s": CameraProcessSilent(silent_s=5),
    "its encoder count differs by -900 lines from another camera's; reset both counters at once, and start the station again": (
        CameraOutOfStep(-900)
    ),
    "band 8 of 8 from the operator side has 60% of its light: clean the window, check the lamp": LightLost(8, 8, 0.6),
    "the picture is 67% as sharp as it was: check focus, lens and strip height": FocusLost(0.67),
    "file a b.png: it is not an image, whatever its name says (its 32 lines are assumed from the other files)": FileNotAnImage(
        "a b.png", 32
    ),
    "file x.tif: its header cannot be read: bad (tag 3)": FileBadHeader("x.tif", error="bad (tag 3)"),
    "file 6.tif: it has 2 pages; save each as a file of its own": FilePages("6.tif", pages=2),
    "file 6.tif: 90000 x 90000 px is too large; cut it into files": FileTooLarge("6.tif", width_px=90000, lines=90000),
    "file 5.png: 40 px wide, the strip has 64": FileWidth("5.png", width_px=40, strip_px=64),
    "file 4.jpg: broken or truncated: image file is truncated (9 bytes not processed)": FileBroken(
        "4.jpg", error="image file is truncated (9 bytes not processed)"
    ),
    "no line of this coil was inspected": CoilNoLine(),
    "0.384 m not fully inspected (limit 0 m)": CoilNotInspected(0.384, 0),
    "1 defect of severity 3 or more": CoilSevereDefects(1, 3),
    "2 defects of severity 3 or more": CoilSevereDefects(2, 3),
    "58.2 defects per 100 m (limit 50)": CoilManyDefects(58.2, 50),
    "the coil is running": CoilRunning(),
    "the coil is provisional": CoilProvisional(),
    "the station was stopped or interrupted while this coil ran": CoilInterrupted(),
    "30.0 m inspected, 2 defects, none of severity 3 or more": CoilSound(30, 2, 3),
    "2 mm at each edge not judged": CoilEdgeMargin(2),
    "the strip's width was not given, so steel beside the picture would go unnoticed": CoilWidthNotGiven(),
    "a mouse ate the cable": Other("a mouse ate the cable"),
}


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda s: s[:40])
def test_each_old_sentence_gets_its_code(sentence: str) -> None:
    stored = json.loads(json.dumps(coded(sentence)))
    assert Reason.coded(stored["code"], stored["args"]) == SENTENCES[sentence]


def test_the_joined_reasons_of_an_accepted_coil_are_split() -> None:
    joined = "30.0 m inspected, 1 defect, none of severity 3 or more; 2 mm at each edge not judged"
    assert [p["code"] for p in parts(joined)] == ["coil.sound", "coil.edge_margin"]


def old_database(url: str) -> None:
    """Create a database at migration 0004, with a coil and its events."""
    config = Config()
    config.set_main_option("script_location", str(Path(sql.__file__).parent / "migrations"))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
    meta = sa.MetaData()
    meta.reflect(engine)
    coil = {"coil_id": "K1", "name": "K1", "status": "final", "automatic": False, "interrupted": False, "heat": "", "product": ""}
    coil |= {"started_at": "2026-11-24T10:00:00.000Z", "updated_at": "2026-11-24T10:01:00.000Z", "mm_per_line": 0.5, "width_mm": 1000.0}
    coil |= dict.fromkeys(("model_name", "model_sha256", "recipe_name", "recipe_sha256"), "x") | {"line_rate_hz": 500.0}
    lost = "overrun: the line was faster than the inspection"
    sound = "30.0 m inspected, 1 defect, none of severity 3 or more; 2 mm at each edge not judged"
    feed = [
        ("coverage.lost", {"camera": "cam", "first_line": 100, "reason": lost}),
        ("alarm.acknowledged", {"key": f"coverage.lost/cam/{lost}", "through_seq": 1, "operator": "Kim"}),
        ("alarm.acknowledged", {"key": "defect.found/scratch severity 3", "through_seq": 1, "operator": "Kim"}),
        ("crops.deleted", {"defects": 7, "reason": "disk quota, oldest first; their records stay"}),
        ("optics.reference", {"reason": "the next coils are what later ones are compared with"}),
        ("coil.final", {"decision": "accept", "reasons": [sound], "length_m": 30.0}),
        ("defect.found", {"defect_id": "K1-000001", "class": "scratch", "severity": 3, "along_mm": 7.0}),
    ]
    with engine.begin() as connection:
        connection.execute(meta.tables["coils"].insert().values(**coil, decision="accept", reasons=[sound], revision=3))
        lines = {"coil_id": "K1", "camera": "cam"}
        rows = [(0, 100, "inspected", ""), (100, 50, "lost", lost), (150, 5, "lost", "a mouse ate the cable")]
        values = [lines | {"first_line": f, "lines": n, "state": s, "reason": r} for f, n, s, r in rows]
        connection.execute(meta.tables["intervals"].insert(), values)
        for seq, (kind, data) in enumerate(feed, 1):
            connection.execute(meta.tables["events"].insert().values(seq=seq, time="t", kind=kind, coil_id="K1", data=data))
        connection.execute(meta.tables["counters"].update().where(meta.tables["counters"].c.name == "events").values(value=len(feed)))
    engine.dispose()


def test_an_old_database_is_migrated_and_read_with_codes(url: str) -> None:
    old_database(url)
    with Database(url, Recipe(), ME) as database:
        reader = database.reader
        assert reader.camera_coverage("K1") == {
            "cam": [
                Interval(0, 100, State.INSPECTED),
                Interval(100, 50, State.LOST, Overrun()),
                Interval(150, 5, State.LOST, Other("a mouse ate the cable")),
            ]
        }
        sound = [CoilSound(30, 1, 3), CoilEdgeMargin(2)]
        assert reader.summary(reader.coil("K1")).reasons == sound
        assert [e.payload for e in reader.events(after=0, limit=99)] == [
            CoverageLost("cam", 100, 50.0, Overrun()),
            AlarmAcknowledged("coverage.lost/cam/line.overrun", 1, "Kim"),
            AlarmAcknowledged("defect.found/scratch/3", 1, "Kim"),
            CropsDeleted(7, PicturesDeleted(7)),
            OpticsReference(),
            CoilFinal("accept", tuple(sound), 30.0),
            DefectFound("K1-000001", "scratch", 3, "top", 7.0),
        ]
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        old_texts = connection.scalars(sa.text("SELECT old_text FROM intervals ORDER BY first_line")).all()
    engine.dispose()
    assert old_texts == ["", "overrun: the line was faster than the inspection", "a mouse ate the cable"]
