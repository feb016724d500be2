"""The structure in which a result has its coil: a client without this documentation can still read its fields."""

from __future__ import annotations

from asyncua import Server, ua
from asyncua.common.structures104 import new_struct, new_struct_field

from skelp_client import Reason
from skelp_languages.opcua.finished import Finished
from skelp_languages.opcua.values import Structure, structure

NAME = "CoilResultDataType"
_TEXT, _DOUBLE, _COUNT = ua.VariantType.String, ua.VariantType.Double, ua.VariantType.UInt32
_FIELDS = (
    ("CoilId", _TEXT, False, "one pass of the coil, unique at the station"),
    ("Name", _TEXT, False, "the coil's name, which its passes share"),
    ("Decision", _TEXT, False, "the decision that stands: accept, downgrade, hold or scrap; hold until the coil is final"),
    ("DecidedBy", _TEXT, False, "whose decision stands: skelp, skelp_again (by another recipe) or person"),
    ("SkelpDecision", _TEXT, False, "what skelp decided last"),
    ("ReasonCodes", _TEXT, True, "why skelp decided so: codes of docs/reasons.md"),
    ("ReasonTexts", _TEXT, True, "the same as English sentences, for people"),
    ("LengthM", _DOUBLE, False, "length of the coil in m"),
    ("InspectedM", _DOUBLE, False, "m that were fully inspected"),
    ("DegradedM", _DOUBLE, False, "m that were looked at, but not well enough to be called clean"),
    ("LostM", _DOUBLE, False, "m of which there are no pictures"),
    ("Defects", _COUNT, False, "number of defects"),
    ("Classes", _TEXT, True, "classes of the defects"),
    ("ClassDefects", _COUNT, True, "number of defects of each of Classes"),
    ("Revision", _COUNT, False, "grows with each change of the coil's record"),
    ("FeedSeq", ua.VariantType.UInt64, False, "number of the station's event that an OPC UA event is about; 0 in a method's answer"),
    ("Repeat", ua.VariantType.Boolean, False, "clients may have been told of this event before"),
    ("Record", _TEXT, False, "the coil as GET /coils/{coil_id} of the station's REST gives it, JSON"),
)


async def define_coil_result(server: Server, namespace: int) -> None:
    """Add the structure to a namespace."""
    fields = [new_struct_field(name, kind, array=array, description=said) for name, kind, array, said in _FIELDS]
    await new_struct(server, namespace, NAME, fields)
    await server.load_data_type_definitions()


def coil_result(finished: Finished, seq: int = 0, *, repeat: bool = False) -> Structure:
    """A coil in this structure. `seq`: the event of the feed that it is told with."""
    coil = finished.coil
    reasons: tuple[Reason, ...] = (coil.revised or coil).reasons
    return structure(
        NAME,
        CoilId=coil.coil_id,
        Name=coil.name,
        Decision=coil.stands,
        DecidedBy="person" if coil.override else "skelp_again" if coil.revised else "skelp",
        SkelpDecision=(coil.revised or coil).decision,
        ReasonCodes=[reason.code for reason in reasons],
        ReasonTexts=[reason.text for reason in reasons],
        LengthM=coil.length_m,
        InspectedM=coil.inspected_m,
        DegradedM=coil.degraded_m,
        LostM=coil.lost_m,
        Defects=coil.defects,
        Classes=list(coil.by_class),
        ClassDefects=list(coil.by_class.values()),
        Revision=coil.revision,
        FeedSeq=seq,
        Repeat=repeat,
        Record=finished.record,
    )
