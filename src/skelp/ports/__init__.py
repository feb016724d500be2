"""The Protocols between the packages. A class that satisfies one is used directly; there is no base class to inherit.

Import them from here. The files behind this one group them by subject.
"""

from skelp.ports.access import AuditLog, LogIns, TokenStore
from skelp.ports.connections import ConnectionKeeper, ConnectionList
from skelp.ports.line import CoilControl, CoilLookup, FrameSource, Screener, Segmenter, Sink
from skelp.ports.models import ModelSwitch
from skelp.ports.pictures import CleanSample, CropFiles, LiveItem, LiveItems, NotInspected, SampleFiles
from skelp.ports.recipes import RecipeError, RecipeFile, Recipes, text_sha256
from skelp.ports.records import Event, FeedPage, OldRecords, OpticsPoint, PlantReader, RecordChanges, RecordReader, RecordWriter
from skelp.ports.webhooks import LetterRecords, Webhook

__all__ = [
    "AuditLog",
    "CleanSample",
    "CoilControl",
    "CoilLookup",
    "ConnectionKeeper",
    "ConnectionList",
    "CropFiles",
    "Event",
    "FeedPage",
    "FrameSource",
    "LetterRecords",
    "LiveItem",
    "LiveItems",
    "LogIns",
    "ModelSwitch",
    "NotInspected",
    "OldRecords",
    "OpticsPoint",
    "PlantReader",
    "RecipeError",
    "RecipeFile",
    "Recipes",
    "RecordChanges",
    "RecordReader",
    "RecordWriter",
    "SampleFiles",
    "Screener",
    "Segmenter",
    "Sink",
    "TokenStore",
    "Webhook",
    "text_sha256",
]
