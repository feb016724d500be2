"""The numbers of OPC 40100-1: nodes of its nodeset that this server uses, and the values that its methods answer with."""

from __future__ import annotations

from enum import IntEnum

URI = "http://opcfoundation.org/UA/MachineVision"
OURS = "https://skelp.dev/UA/"
"""The namespace of what is skelp's own. It is a name, not an address that answers."""


class Type(IntEnum):
    """Object types of the nodeset."""

    VISION_SYSTEM = 1003
    RECIPE_MANAGEMENT = 1004
    CONFIGURATION_MANAGEMENT = 1006
    RESULT_MANAGEMENT = 1007
    AUTOMATIC_MODE = 1021
    RESULT_TRANSFER = 1039


class EventKind(IntEnum):
    """Event types of the nodeset."""

    JOB_STARTED = 1013
    STATE_CHANGED = 1018
    ERROR = 1019
    ERROR_RESOLVED = 1020
    READY = 1023
    RESULT_READY = 1024
    ACQUISITION_DONE = 1025


SYSTEM_STATE_TYPE = 3024
SELECT_MODE_AUTOMATIC = 7095
"""The method's declaration in the vision state machine."""
STATES = {"Preoperational": 5028, "Halted": 5029, "Error": 5030, "Operational": 5031}
"""States of the vision state machine, by their object in the nodeset."""
AUTOMATIC_STATES = {"Initialized": 5056, "Ready": 5057, "SingleExecution": 5058, "ContinuousExecution": 5059}
"""States of the automatic mode, which is a part of Operational."""
TRANSITIONS = {
    "PreoperationalToErrorAuto": 5034,
    "PreoperationalToInitializedAuto": 5036,
    "ErrorToPreoperational": 5039,
    "ErrorToPreoperationalAuto": 5040,
    "OperationalToPreoperational": 5047,
    "OperationalToPreoperationalAuto": 5048,
    "OperationalToErrorAuto": 5051,
    "InitializedToReadyAuto": 5061,
    "ReadyToContinuousExecution": 5066,
    "ReadyToContinuousExecutionAuto": 5067,
    "ContinuousExecutionToReadyStop": 5071,
    "ContinuousExecutionToReadyAuto": 5073,
    "ErrorToOperationalAuto": 5255,
}


class ResultState(IntEnum):
    """Of a result: UNKNOWN where there is none."""

    UNKNOWN = 0
    COMPLETED = 1
    PROCESSING = 2
    ABORTED = 3


class Answer(IntEnum):
    """`Error` of a method's answer. The standard keeps numbers above 0 for itself."""

    OK = 0
    UNKNOWN_RESULT = -1
    UNKNOWN_CONFIGURATION = -2
    BAD_PART = -3
    """The part's id cannot be a coil's."""
    BAD_MEASUREMENT = -4
    """A measurement's id that is not the part's: a station does not keep one."""
    RECIPE_NOT_CHOSEN = -5
    """The station chooses the recipe by product and customer, so a job cannot name one."""
    PARAMETERS = -6
    """Parameters were given, and there are none."""
    REFUSED = -7
    """The station refuses it; its log says why."""
    STATION_AWAY = -8
    """The station does not answer."""
