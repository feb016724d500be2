"""A coil as a result of OPC 40100-1: as one structure, part by part, and as the fields of an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from asyncua import ua

from skelp_client import Hashed
from skelp_languages.opcua.coil_type import coil_result
from skelp_languages.opcua.finished import Finished
from skelp_languages.opcua.machine_vision import Answer, ResultState
from skelp_languages.opcua.values import Structure, boxed, boxes, moment, number, structure, truth

BEGINNING = datetime(1601, 1, 1, tzinfo=UTC)
"""OPC UA's time for "not known"."""
_OPTIONAL_PARTS = {
    "MeasId": "MeasIdDataType",
    "PartId": "PartIdDataType",
    "ExternalRecipeId": "RecipeIdExternalDataType",
    "InternalRecipeId": "RecipeIdInternalDataType",
    "ProductId": "ProductIdDataType",
    "ExternalConfigurationId": "ConfigurationIdDataType",
    "InternalConfigurationId": "ConfigurationIdDataType",
    "JobId": "JobIdDataType",
}


def instant(given: str | None) -> datetime:
    """A time of the station's REST. Unknown: BEGINNING."""
    return BEGINNING if given is None else datetime.fromisoformat(given)


def hashed_id(kind: str, of: Hashed) -> Structure:
    """A recipe or a configuration by its name and SHA-256."""
    return structure(kind, Id=of.name, Hash=bytes.fromhex(of.sha256), HashAlgorithm="SHA-256")


def job_of(coil_id: str) -> Structure:
    """The job of a coil: each pass is one, so it has the pass's id."""
    return structure("JobIdDataType", Id=coil_id)


def result(finished: Finished, seq: int = 0, *, repeat: bool = False) -> Structure:
    """ResultDataType. The decision that stands, and all the rest of the coil, is in ResultContent[0]."""
    coil = finished.coil
    recipe = (coil.revised or coil).recipe
    started, ended = instant(coil.started_at), instant(coil.finished_at)
    return structure(
        "ResultDataType",
        ResultId=structure("ResultIdDataType", Id=coil.coil_id),
        HasTransferableDataOnFile=True,
        IsPartial=finished.is_partial,
        IsSimulated=False,
        ResultState=int(finished.state),
        MeasId=structure("MeasIdDataType", Id=coil.coil_id),
        PartId=structure("PartIdDataType", Id=coil.name),
        ExternalRecipeId=structure("RecipeIdExternalDataType", Id=recipe.name),
        InternalRecipeId=hashed_id("RecipeIdInternalDataType", recipe),
        ProductId=structure("ProductIdDataType", Id=coil.product) if coil.product else None,
        InternalConfigurationId=hashed_id("ConfigurationIdDataType", coil.model),
        JobId=job_of(coil.coil_id),
        CreationTime=ended,
        ProcessingTimes=structure("ProcessingTimesDataType", StartTime=started, EndTime=ended),
        ResultContent=[boxed(coil_result(finished, seq, repeat=repeat))],
    )


def no_result() -> Structure:
    """What a method gives beside its error."""
    return structure("ResultDataType", ResultState=int(ResultState.UNKNOWN), CreationTime=BEGINNING)


def components(made: Structure, handle: ua.Variant, answer: Answer) -> list[ua.Variant]:
    """The 17 outputs of GetResultComponentsById. A part that there is not is an empty structure: an output cannot be left out."""
    parts = {name: getattr(made, name) or structure(kind) for name, kind in _OPTIONAL_PARTS.items()}
    times = made.ProcessingTimes or structure("ProcessingTimesDataType", StartTime=BEGINNING, EndTime=BEGINNING)
    return [
        truth(bool(made.HasTransferableDataOnFile)),
        handle,
        truth(bool(made.IsPartial)),
        truth(bool(made.IsSimulated)),
        number(made.ResultState),
        *(boxed(part) for part in parts.values()),
        moment(made.CreationTime),
        boxed(times),
        _content(made),
        number(answer),
    ]


def event_fields(made: Structure) -> Mapping[str, ua.Variant]:
    """The fields of ResultReady."""
    fields = {
        "IsPartial": truth(made.IsPartial),
        "IsSimulated": truth(made.IsSimulated),
        "ResultState": number(made.ResultState),
        "CreationTime": moment(made.CreationTime),
        "ResultContent": _content(made),
    }
    parts = {name: getattr(made, name) for name in ("ResultId", *_OPTIONAL_PARTS, "ProcessingTimes")}
    return {**fields, **{name: boxed(part) for name, part in parts.items() if part is not None}}


def _content(made: Structure) -> ua.Variant:
    """ResultContent by itself, as an array of structures: node-opcua does not open structures inside an array of Variants."""
    return boxes([content.Value for content in made.ResultContent or []])
