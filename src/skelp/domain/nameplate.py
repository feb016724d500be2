"""What a station's operator and a model's card say of who made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skelp.domain.status import ModelId


@dataclass(frozen=True, slots=True)
class Nameplate:
    """Facts of a station's maker (IDTA 02006-3-0). Empty: not known. `uri` empty: the station's own id names the product."""

    manufacturer: str
    product: str
    order_code: str
    street: str
    zipcode: str
    city: str
    country: str
    uri: str = ""
    serial_number: str = ""
    year_of_construction: str = ""
    hardware_version: str = ""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a model's card says of it. `classes`: each with whether it is a defect. `trained_on`: name and hash of each data set.

    `supervised`: the card says how it was trained, by labels; else nobody knows. `quality`: figures by data set, as JSON; empty without.
    """

    id: ModelId
    stride: int
    classes: Mapping[str, bool]
    trained_on: tuple[tuple[str, str], ...]
    supervised: bool
    quality: str
    licence: str | None


@dataclass(frozen=True, slots=True)
class StationFacts:
    """The station that inspected a coil. `version`: of skelp. `nameplate` None: nobody said who made it."""

    name: str
    plant: str
    line: str
    feed_id: str
    version: str
    nameplate: Nameplate | None = None
