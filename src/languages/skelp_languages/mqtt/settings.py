"""The settings file of `skelp mqtt`: the broker, the names in its topics, and the host application that it waits for."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from skelp.validation import STRICT
from skelp_client import StationStatus
from skelp_languages.settings import LanguageSettings, beside_the_file

Word = Annotated[str, Field(pattern=r"^[^+/#\x00-\x1f\x7f]{1,64}$")]
"""A part of a topic: +, / and # are MQTT's own."""
_RESERVED = str.maketrans(dict.fromkeys("+/#", "-") | {chr(n): "-" for n in [*range(0x20), 0x7F]})


class BrokerSettings(BaseModel):
    """The MQTT server. `ca`: the file of the authority that signed its certificate, else those that the system trusts.

    `certificate`, `key`: of this client, where the broker asks for one. `password`: a file that only its owner may read. `tls = false`
    speaks openly, also the password; it has to be said.
    """

    model_config = STRICT

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 8883
    tls: bool = True
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    user: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    password: Path | None = None
    client_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    keepalive_s: Annotated[int, Field(ge=2, le=600)] = 10

    @field_validator("ca", "certificate", "key", "password")
    @classmethod
    def _beside_the_file(cls, given: Path | None, info: ValidationInfo) -> Path | None:
        return None if given is None else beside_the_file(given, info)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.tls and (self.ca or self.certificate):
            raise ValueError("ca and certificate are for TLS; leave out tls = false")
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key belong together; give both or neither")
        if self.password is not None and self.user is None:
            raise ValueError("a password needs a user")
        return self

    @property
    def peer(self) -> str:
        """The address, for people. It has no user and no password."""
        host = f"[{self.host}]" if _is_ipv6(self.host) else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}"


class PrimaryHostSettings(BaseModel):
    """The host application without which nothing is sent. `again_s`: what was sent so shortly before a session ended is sent again.

    That is as long as the broker may take to notice that the host is gone: one and a half times the host's keepalive.
    """

    model_config = STRICT

    id: Word
    again_s: Annotated[float, Field(ge=0, le=3600)] = 90.0


class NameSettings(BaseModel):
    """The names in the topics. What is left out comes from the station: its plant, its name, its line."""

    model_config = STRICT

    group: Word | None = None
    node: Word | None = None
    device: Word | None = None


class MqttSettings(LanguageSettings):
    """The whole file. edge/mqtt.toml is an example."""

    broker: BrokerSettings
    names: NameSettings = NameSettings()
    primary_host: PrimaryHostSettings | None = None

    @property
    def session_file(self) -> Path:
        """Where the number of the last session is stored: beside the place."""
        return self.place.with_name(f"{self.place.name}.session")


def names_of(given: NameSettings, station: StationStatus) -> NameSettings:
    """The names with nothing left out. A character that MQTT does not allow becomes a hyphen."""
    return NameSettings(
        group=given.group or _word(station.plant, "skelp"),
        node=given.node or _word(station.name, "skelp"),
        device=given.device or _word(station.line, "line"),
    )


def _word(found: str, instead: str) -> str:
    return found.translate(_RESERVED)[:64] or instead


def _is_ipv6(host: str) -> bool:
    try:
        return ip_address(host).version == 6
    except ValueError:
        return False
