"""What the settings of every language have in common: the station, and where the language's place in its feed is stored."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from skelp.domain.errors import SkelpError
from skelp.validation import STRICT, read_text
from skelp_client import ClientError, Station

_NAME = re.compile("[a-z0-9][a-z0-9-]{0,39}")
RETRY_S = 5.0
"""How long one call of the station is tried again. Then whoever follows the feed says that the station is away, and goes on trying."""


class StationAccess(BaseModel):
    """The station to follow. `token`: a file with a token of the role `mes`, where the station asks for one; only its owner may use it.

    `ca`: the plant's ca.pem.
    """

    model_config = STRICT

    url: Annotated[str, Field(min_length=1)] = "http://127.0.0.1:8000"
    token: Path | None = None
    ca: Path | None = None

    @field_validator("url")
    @classmethod
    def _has_a_port_that_is_one(cls, given: str) -> str:
        try:
            is_one = urlsplit(given).port != 0
        except ValueError:
            is_one = False
        if not is_one:
            raise ValueError(
                "its port is no number from 1 to 65535, or its address is broken; it is such as https://line1.plant.example:8443"
            )
        return given

    @field_validator("token", "ca")
    @classmethod
    def _beside_the_file(cls, given: Path | None, info: ValidationInfo) -> Path | None:
        return None if given is None else beside_the_file(given, info)


class LanguageSettings(BaseModel):
    """The base of each language's settings file.

    `name`: of this connection on the station's page. `place`: file that says up to which event the plant has everything. `begin`: with
    what to begin when there is no such file yet: what happens from now on, or all that the feed has.
    """

    model_config = STRICT

    name: str
    station: StationAccess = StationAccess()
    place: Path
    begin: Literal["now", "first"] = "now"

    @field_validator("name")
    @classmethod
    def _is_short_and_plain(cls, given: str) -> str:
        if not _NAME.fullmatch(given):
            raise ValueError(f"{given[:60]!r} must have small letters a to z, digits and hyphens, 40 at most, and begin with no hyphen")
        return given

    @field_validator("place")
    @classmethod
    def _beside_the_file(cls, given: Path, info: ValidationInfo) -> Path:
        return beside_the_file(given, info)


def beside_the_file(given: Path, info: ValidationInfo) -> Path:
    """A relative path counts from the folder of the settings file."""
    return Path((info.context or {}).get("folder", "."), given)


def read_secret(file: Path, what: str, hint: str) -> str:
    """The text of a file that only its owner may use, without the line's end. Raises SkelpError for another."""
    text = read_text(file, what, hint).rstrip("\r\n")
    refuse_open_file(file, what)
    return text


def refuse_open_file(file: Path, what: str) -> None:
    """Raise SkelpError if others than its owner may use the file. Windows has no such permissions."""
    open_to = stat.S_IMODE(file.stat().st_mode) & 0o077 if os.name == "posix" else 0
    if open_to:
        raise SkelpError(f"{file}: others than its owner may use this {what} (permissions {open_to:03o}); chmod 600 {file}")


@contextmanager
def opened(access: StationAccess) -> Iterator[Station]:
    """The station's client. Raises SkelpError for an address or a token that cannot be one, and for what the client cannot mend."""
    hint = "skelp token new NAME --role mes --station station.toml prints one"
    token = None if access.token is None else read_secret(access.token, "token", hint).strip()
    try:
        with Station(access.url, token=token, ca=access.ca, retry_s=RETRY_S) as station:
            yield station
    except ValueError as error:
        raise SkelpError(str(error)) from error
    except ClientError as error:
        raise SkelpError(str(error)) from error
