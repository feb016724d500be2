"""skelp-client: a typed client of a skelp station's REST. It imports nothing of skelp."""

from skelp_client.aio import AsyncEvents, AsyncItems, AsyncStation
from skelp_client.errors import (
    ClientError,
    Deleted,
    FeedChanged,
    FeedHole,
    NotAllowed,
    NotFound,
    NotTrusted,
    NotUnderstood,
    StationError,
    Unreachable,
)
from skelp_client.records import (
    Alarm,
    Coil,
    Coverage,
    Defect,
    Event,
    ExplainedDefect,
    Fault,
    Interval,
    Problem,
    Reason,
    Review,
    Sample,
    StandingReview,
)
from skelp_client.station import Events, Items, Station
from skelp_client.status import StationStatus

__all__ = [
    "Alarm",
    "AsyncEvents",
    "AsyncItems",
    "AsyncStation",
    "ClientError",
    "Coil",
    "Coverage",
    "Defect",
    "Deleted",
    "Event",
    "Events",
    "ExplainedDefect",
    "Fault",
    "FeedChanged",
    "FeedHole",
    "Interval",
    "Items",
    "NotAllowed",
    "NotFound",
    "NotTrusted",
    "NotUnderstood",
    "Problem",
    "Reason",
    "Review",
    "Sample",
    "StandingReview",
    "Station",
    "StationError",
    "StationStatus",
    "Unreachable",
]
__version__ = "0.1.0"
