"""The settings file of `skelp level2`: edge/level2.toml is an example."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from skelp.validation import STRICT, load
from skelp_languages.settings import LanguageSettings, beside_the_file

_PORT_DIGITS, _LAST_PORT = 5, 65_535
Seconds = Annotated[float, Field(gt=0, le=3600)]


class LinkSettings(BaseModel):
    """Who calls whom. `role`: skelp is the server, which level 2 connects to, or the client. `address`: HOST:PORT of the server.

    `peers`: addresses of level 2 that a server lets in. Telegrams have no password, so a server that others can reach needs them.
    """

    model_config = STRICT

    role: Literal["server", "client"]
    address: str
    peers: tuple[str, ...] = ()

    @field_validator("address")
    @classmethod
    def _is_host_and_port(cls, given: str) -> str:
        host, _, port = given.rpartition(":")
        if not host or ":" in host or any(c.isspace() for c in host) or not (port.isascii() and port.isdigit()):
            raise ValueError(f"{given!r} is no HOST:PORT, such as 127.0.0.1:2011")
        if len(port) > _PORT_DIGITS or int(port) > _LAST_PORT:
            raise ValueError(f"{port} is no port; ports go from 1 to {_LAST_PORT}")
        return given

    @property
    def host(self) -> str:
        return self.address.rpartition(":")[0]

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @model_validator(mode="after")
    def _only_a_server_may_take_any_port(self) -> Self:
        if self.role == "client" and self.port == 0:
            raise ValueError(f"{self.address}: nobody can be called at port 0; ports go from 1 to {_LAST_PORT}")
        return self

    @model_validator(mode="after")
    def _others_are_named(self) -> Self:
        for peer in self.peers:
            try:
                ipaddress.ip_address(peer)
            except ValueError as error:
                raise ValueError(f"{peer!r} is no IP address") from error
        if self.role == "server" and not self.peers and self.host not in {"127.0.0.1", "localhost"}:
            raise ValueError(f"others can reach {self.address}, and telegrams have no password; list the addresses of level 2 as peers")
        return self


class Timing(BaseModel):
    """`acknowledged_within_s`: then a telegram is sent again. `tries`: then the connection's state says so, and it is sent again every
    `again_every_s`. ALIVE goes out `alive_every_s`; a peer that says nothing for `alive_within_s` is cut off.

    `same_within_s`: a telegram with the same number and content as the last one of its coil is that one again; later it is a new one.
    """

    model_config = STRICT

    acknowledged_within_s: Seconds = 5
    tries: Annotated[int, Field(ge=1, le=100)] = 5
    again_every_s: Seconds = 30
    alive_every_s: Seconds = 30
    alive_within_s: Seconds = 90
    same_within_s: Annotated[float, Field(gt=0, le=86_400)] = 600

    @model_validator(mode="after")
    def _a_peer_that_says_alive_is_not_cut_off(self) -> Self:
        if self.alive_within_s <= self.alive_every_s:
            raise ValueError(
                f"alive_within_s ({self.alive_within_s:g}) must be longer than alive_every_s ({self.alive_every_s:g}): "
                "a peer that says ALIVE as often as skelp does would be cut off"
            )
        return self


class TraceSettings(BaseModel):
    """The newest telegrams are in `folder`, in `files` files of `file_mb` each."""

    model_config = STRICT

    folder: Path
    files: Annotated[int, Field(ge=2, le=1000)] = 8
    file_mb: Annotated[float, Field(gt=0, le=1000)] = 8

    @field_validator("folder")
    @classmethod
    def _beside_the_file(cls, given: Path, info: ValidationInfo) -> Path:
        return beside_the_file(given, info)


class Level2Settings(LanguageSettings):
    """`on_refusal`: what happens to a result that level 2 refused `tries` times. wait: it is offered again until a person has looked.
    go_on: it is left out, which is logged, counted, and shown as the state of the connection.
    """

    layout: Path
    link: LinkSettings
    timing: Timing = Timing()
    trace: TraceSettings
    on_refusal: Literal["wait", "go_on"] = "wait"

    @field_validator("layout")
    @classmethod
    def _layout_beside_the_file(cls, given: Path, info: ValidationInfo) -> Path:
        return beside_the_file(given, info)

    @property
    def memory(self) -> Path:
        """The file beside the place that says which numbers were given and which telegrams were done."""
        return self.place.with_name(f"{self.place.stem}-numbers.json")


def load_settings(file: Path) -> Level2Settings:
    """Raises SkelpError that names every key at fault."""
    return load(file, Level2Settings, "settings file of level 2", "edge/level2.toml is an example")
