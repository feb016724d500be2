"""skelp-client: a typed client of a skelp station's REST. It imports nothing of skelp."""

from skelp_client.aio import AsyncStation
from skelp_client.aio_connection import AsyncEvents, AsyncItems
from skelp_client.connection import Events, Items
from skelp_client.decisions import Changed, ExplainedRevision, Finding, Preview, Recipe
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
from skelp_client.models import ModelChoice, ModelHistory, ModelRefusal, Models, ModelVerdict, Shadow, Since
from skelp_client.pieces import Cut, MadeCut
from skelp_client.records import (
    Alarm,
    Coil,
    Coverage,
    Defect,
    Event,
    ExplainedDefect,
    Fault,
    Hashed,
    Interval,
    Override,
    Problem,
    Reason,
    Review,
    Revision,
    Sample,
    StandingReview,
)
from skelp_client.results import Periodic, Stretch
from skelp_client.station import Station
from skelp_client.status import Model, StationStatus

__all__ = [
    "Alarm",
    "AsyncEvents",
    "AsyncItems",
    "AsyncStation",
    "Changed",
    "ClientError",
    "Coil",
    "Coverage",
    "Cut",
    "Defect",
    "Deleted",
    "Event",
    "Events",
    "ExplainedDefect",
    "ExplainedRevision",
    "Fault",
    "FeedChanged",
    "FeedHole",
    "Finding",
    "Hashed",
    "Interval",
    "Items",
    "MadeCut",
    "Model",
    "ModelChoice",
    "ModelHistory",
    "ModelRefusal",
    "ModelVerdict",
    "Models",
    "NotAllowed",
    "NotFound",
    "NotTrusted",
    "NotUnderstood",
    "Override",
    "Periodic",
    "Preview",
    "Problem",
    "Reason",
    "Recipe",
    "Review",
    "Revision",
    "Sample",
    "Shadow",
    "Since",
    "StandingReview",
    "Station",
    "StationError",
    "StationStatus",
    "Stretch",
    "Unreachable",
]
__version__ = "0.1.0"
