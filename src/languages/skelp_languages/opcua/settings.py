"""What an OPC UA server is told: where it listens, and whom it lets in."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from skelp.validation import STRICT
from skelp_languages.settings import LanguageSettings, beside_the_file


class Endpoint(BaseModel):
    """Where clients reach the server. `names`: names and addresses by which they call it; they stand in the certificate."""

    model_config = STRICT

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 4840
    names: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$")]] = []

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class Security(BaseModel):
    """Whom the server lets in.

    `certificates`: folder with the server's own certificate, the clients' that it trusts, and those that it refused. `anonymous`: what
    somebody without a token may do. `no_security`: there is an endpoint without encryption too, for anonymous readers on this machine.
    """

    model_config = STRICT

    certificates: Path
    anonymous: Literal["nothing", "reads"] = "nothing"
    no_security: bool = False

    @field_validator("certificates")
    @classmethod
    def _beside_the_file(cls, given: Path, info: ValidationInfo) -> Path:
        return beside_the_file(given, info)


class OpcUaSettings(LanguageSettings):
    """The settings file of `skelp opcua`."""

    endpoint: Endpoint = Endpoint()
    security: Security

    @model_validator(mode="after")
    def _no_security_on_this_machine_alone(self) -> Self:
        if self.security.no_security and not self.endpoint.is_loopback:
            raise ValueError(f"no_security is for this machine alone, and endpoint.host is {self.endpoint.host}; set no_security = false")
        if self.security.no_security and self.security.anonymous == "nothing":
            raise ValueError('without security nobody can show a token; set anonymous = "reads", or no_security = false')
        return self
