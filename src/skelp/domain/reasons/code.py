"""The base of all reasons: a code with typed arguments.

A reason's class docstring says what it means; docs/reasons.md is made from it. Its sentence and its advice are in
skelp/render/words.*.json. Codes and arguments are a contract with the MES: they may be added, but never changed or removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, dataclass_transform

from skelp.domain.coded import plain, restored


class Code(StrEnum):
    """The code of every reason. The part before the dot says what the reason is about."""

    LINE_OVERRUN = "line.overrun"
    LINE_RING_FULL = "line.ring_full"
    LINE_FRAME_DROPPED = "line.frame_dropped"
    LINE_FRAMES_MISSING = "line.frames_missing"
    LINE_FRAME_INCOMPLETE = "line.frame_incomplete"
    LINE_FRAME_SHORT = "line.frame_short"
    LINE_FRAME_REPEATED = "line.frame_repeated"
    LINE_BUFFER_UNDERRUN = "line.buffer_underrun"
    LINE_BEFORE_FIRST = "line.before_first"
    CAMERA_SILENT = "camera.silent"
    CAMERA_NO_ANSWER = "camera.no_answer"
    CAMERA_NO_FRAMES = "camera.no_frames"
    CAMERA_PROCESS_ENDED = "camera.process_ended"
    CAMERA_PROCESS_SILENT = "camera.process_silent"
    CAMERA_COUNT_RESTARTED = "camera.count_restarted"
    CAMERA_ENDED_EARLY = "camera.ended_early"
    CAMERA_OUT_OF_STEP = "camera.out_of_step"
    LINE_SCREENED = "line.screened"
    LINE_SCREEN_ONLY = "line.screen_only"
    PICTURE_NO_STRIP = "picture.no_strip"
    PICTURE_OVEREXPOSED = "picture.overexposed"
    PICTURE_PARTLY_DARK = "picture.partly_dark"
    STRIP_NARROWER = "strip.narrower"
    STRIP_LESS_THAN_GIVEN = "strip.less_than_given"
    STRIP_MORE_THAN_GIVEN = "strip.more_than_given"
    STRIP_BEYOND_PICTURE = "strip.beyond_picture"
    STRIP_WITHIN_MARGINS = "strip.within_margins"
    STRIP_UNFAMILIAR = "strip.unfamiliar"
    FILE_NOT_AN_IMAGE = "file.not_an_image"
    FILE_BAD_HEADER = "file.bad_header"
    FILE_PAGES = "file.pages"
    FILE_TOO_LARGE = "file.too_large"
    FILE_WIDTH = "file.width"
    FILE_BROKEN = "file.broken"
    FILE_FORMAT = "file.format"
    FILE_DEPTH = "file.depth"
    FILE_VALUES = "file.values"
    FILE_NO_RANGE = "file.no_range"
    FILE_BEYOND_RANGE = "file.beyond_range"
    FILE_NOT_FINITE = "file.not_finite"
    FILE_TRANSPARENT = "file.transparent"
    FILE_TURNED = "file.turned"
    FILE_COLOURS = "file.colours"
    FILE_BLANK = "file.blank"
    FILE_REPEATED = "file.repeated"
    FILE_REFUSED = "file.refused"
    OPTICS_LIGHT = "optics.light"
    OPTICS_FOCUS = "optics.focus"
    RECORDS_SLOW = "records.slow"
    RECORDS_LOCKED = "records.locked"
    RECORDS_UNREACHABLE = "records.unreachable"
    RECORDS_REFUSED = "records.refused"
    RECORDS_DISK_FULL = "records.disk_full"
    RECORDS_READ_ONLY = "records.read_only"
    RECORDS_NO_ACCESS = "records.no_access"
    RECORDS_DAMAGED = "records.damaged"
    RECORDS_DISK_FAULT = "records.disk_fault"
    WEBHOOK_NO_ANSWER = "webhook.no_answer"
    WEBHOOK_REFUSED = "webhook.refused"
    CONNECTION_SILENT = "connection.silent"
    CONNECTION_UNANSWERED = "connection.unanswered"
    CONNECTION_REFUSED = "connection.refused"
    CONNECTION_FAILED = "connection.failed"
    RECORDS_PICTURES_DELETED = "records.pictures_deleted"
    RECORDS_PICTURES_FAILED = "records.pictures_failed"
    RECORDS_PICTURES_DISK_FULL = "records.pictures_disk_full"
    RECORDS_PICTURES_NOT_ALLOWED = "records.pictures_not_allowed"
    STATION_NO_LINE_YET = "station.no_line_yet"
    STATION_QUIET = "station.quiet"
    STATION_STOPPED = "station.stopped"
    STATION_INTERRUPTED = "station.interrupted"
    ROLL_MARKS = "roll.marks"
    MODEL_GONE = "model.gone"
    MODEL_NOT_A_MODEL = "model.not_a_model"
    MODEL_NO_CARD = "model.no_card"
    MODEL_BAD_CARD = "model.bad_card"
    MODEL_FAILS_ITS_CARD = "model.fails_its_card"
    MODEL_OTHER_STRIDE = "model.other_stride"
    MODEL_OTHER_CLASSES = "model.other_classes"
    MODEL_NO_DISTANCE = "model.no_distance"
    MODEL_RECIPE_UNFIT = "model.recipe_unfit"
    MODEL_NO_SCREEN = "model.no_screen"
    MODEL_CANNOT_RUN = "model.cannot_run"
    MODEL_SLOWER = "model.slower"
    MODEL_LINE_BUSY = "model.line_busy"
    MODEL_NOT_STORED = "model.not_stored"
    MODEL_DEFECT_RATE = "model.defect_rate"
    MODEL_DEGRADED_SHARE = "model.degraded_share"
    MODEL_CLASS_RATE = "model.class_rate"
    MODEL_CLASS_SCORE = "model.class_score"
    MODEL_CLASS_CARD_SCORE = "model.class_card_score"
    MODEL_CLASS_REJECTED = "model.class_rejected"
    COIL_NO_LINE = "coil.no_line"
    COIL_NOT_INSPECTED = "coil.not_inspected"
    COIL_SEVERE_DEFECTS = "coil.severe_defects"
    COIL_MANY_DEFECTS = "coil.many_defects"
    COIL_PERIODIC = "coil.periodic"
    COIL_RULE_COUNT = "coil.rule_count"
    COIL_RULE_RATE = "coil.rule_rate"
    COIL_RULE_AREA = "coil.rule_area"
    COIL_RULE_LENGTH = "coil.rule_length"
    COIL_RULE_HEAVY = "coil.rule_heavy"
    COIL_RECIPE_FINER = "coil.recipe_finer"
    COIL_RECIPE_OTHER = "coil.recipe_other"
    COIL_RECIPE_UNKNOWN = "coil.recipe_unknown"
    COIL_PICTURES_LEFT_OUT = "coil.pictures_left_out"
    COIL_PICTURES_MISSING = "coil.pictures_missing"
    COIL_RUNNING = "coil.running"
    COIL_STATION_STOPPED = "coil.station_stopped"
    COIL_PROVISIONAL = "coil.provisional"
    COIL_INTERRUPTED = "coil.interrupted"
    COIL_SOUND = "coil.sound"
    COIL_MARKS = "coil.marks"
    COIL_EDGE_MARGIN = "coil.edge_margin"
    COIL_CROPPED = "coil.cropped"
    COIL_WELDS_CROPPED = "coil.welds_cropped"
    COIL_SCREENED = "coil.screened"
    COIL_CLASSES_IGNORED = "coil.classes_ignored"
    COIL_WIDTH_NOT_GIVEN = "coil.width_not_given"
    COIL_DEFECTS_DELETED = "coil.defects_deleted"
    SEVERITY_AREA = "severity.area"
    SEVERITY_LONG = "severity.long"
    SEVERITY_WIDE = "severity.wide"
    SEVERITY_CONTRAST = "severity.contrast"
    SEVERITY_CONTRAST_UNKNOWN = "severity.contrast_unknown"
    SEVERITY_EDGE = "severity.edge"
    SEVERITY_EDGE_UNKNOWN = "severity.edge_unknown"
    SEVERITY_AT_LEAST = "severity.at_least"
    SEVERITY_AT_MOST = "severity.at_most"
    SEVERITY_MARK = "severity.mark"
    SEVERITY_NO_RECIPE = "severity.no_recipe"
    SEVERITY_OTHER_GRADE = "severity.other_grade"
    COIL_DERIVED = "coil.derived"
    COIL_NOT_RECORDED = "coil.not_recorded"
    COIL_UNINSPECTED_ALLOWED = "coil.uninspected_allowed"
    COIL_PERSON_WORSE = "coil.person_worse"
    COIL_ORDER_UNCLEAR = "coil.order_unclear"
    RECIPE_EMPTY_KEY = "recipe.empty_key"
    RECIPE_ZONE_WHOLE = "recipe.zone_whole"
    RECIPE_SIDE_UNSEEN = "recipe.side_unseen"
    OTHER = "other"


class Counted(StrEnum):
    """How the lines of a loss were counted, the most exact first."""

    FRAME_IDS = "frame_ids"
    ENCODER = "encoder"
    OTHER_CAMERA = "other_camera"
    LINE_RATE = "line_rate"
    SPEED = "speed"
    LATER = "later"
    NOT_KNOWN = "not_known"


CLASSES: dict[Code, type[Reason]] = {}
"""The class of each code."""


@dataclass_transform(frozen_default=True)
class Reason:
    """A code with arguments. Reasons with the same code and arguments are equal, so consecutive lines with one reason are one interval."""

    code: ClassVar[Code]

    def __init_subclass__(cls, code: Code | None = None) -> None:
        """Make the class a frozen dataclass and register it under its code, so that no class needs a decorator."""
        dataclass(frozen=True)(cls)
        if code is not None:
            cls.code = code
            CLASSES[code] = cls

    @property
    def args(self) -> dict[str, Any]:
        """Arguments by name, in types of JSON. Arguments that do not apply are left out."""
        return plain(self)

    @property
    def plain(self) -> dict[str, Any]:
        """Code and arguments in types of JSON: what `coded` takes."""
        return {"code": self.code.value, "args": self.args}

    @staticmethod
    def coded(code: str, args: Mapping[str, Any]) -> Reason:
        """The reason with this code and these arguments. Raises KeyError, TypeError or ValueError if there is no such reason."""
        return restored(CLASSES[Code(code)], args)
