"""The settings of a server, of a station or a plant, and of the webhooks by which a station sends its events."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator, model_validator

from skelp.domain.events import Kind
from skelp.domain.loopback import is_loopback
from skelp.domain.nameplate import Nameplate
from skelp.validation import STRICT


class Server(BaseModel):
    """The address of REST and the console, and who may ask (docs/security.md)."""

    model_config = STRICT

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    tokens: bool | None = None
    """Whether callers need a token. None: on every address but loopback, where they always do."""
    certificate: Path | None = None
    """The certificate of the server and those that signed it, PEM. A relative path starts at the file's folder, as does the key."""
    private_key: Path | None = None
    """The certificate's key, PEM, without a password."""

    @model_validator(mode="after")
    def _is_guarded(self) -> Server:
        if (self.certificate is None) != (self.private_key is None):
            raise ValueError("certificate and private_key belong together; give both, or neither")
        if self.is_local:
            return self
        if self.tokens is False:
            raise ValueError(f"{self.host} can be reached from other machines, so callers need a token; remove tokens = false")
        if self.certificate is None:
            raise ValueError(
                f"{self.host} can be reached from other machines, so it needs TLS: set certificate and private_key; "
                "skelp tls new NAME --out FOLDER makes them. Then let people in with skelp user new, programs with skelp token new "
                "(docs/security.md). Or use 127.0.0.1 behind a proxy that has TLS, with tokens = true"
            )
        return self

    @property
    def is_local(self) -> bool:
        """Whether only programs on this machine reach the address."""
        return is_loopback(self.host)

    @property
    def asks_for_tokens(self) -> bool:
        """Whether a caller needs a token."""
        return not self.is_local if self.tokens is None else self.tokens

    def with_paths_from(self, folder: Path) -> Server:
        """The same, with relative paths counted from `folder`."""
        files = {key: folder / path for key in ("certificate", "private_key") if (path := getattr(self, key)) is not None}
        return self.model_copy(update=files)


Fact = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
MayLack = Annotated[str, Field(max_length=128, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]


class NameplateSettings(BaseModel):
    """Who made the station (docs/plant/aas.md). Nothing of it is made up: without this table there is no nameplate."""

    model_config = STRICT

    manufacturer: Fact
    product: Fact
    order_code: Fact
    street: Fact
    zipcode: Fact
    city: Fact
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    """ISO 3166, two letters."""
    uri: Annotated[str, Field(max_length=1000, pattern=r"^([A-Za-z][A-Za-z0-9+.-]*:[!-~]+)?$")] = ""
    """The product's own URI, if its maker gave it one."""
    serial_number: MayLack = ""
    year_of_construction: Annotated[str, Field(pattern=r"^([0-9]{4})?$")] = ""
    hardware_version: MayLack = ""

    @property
    def nameplate(self) -> Nameplate:
        """The same as a domain value."""
        return Nameplate(**self.model_dump())


class WebhookSettings(BaseModel):
    """A webhook: where the station sends its events by itself (docs/rest.md). A relative path starts at the station file's folder."""

    model_config = STRICT

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    url: str
    secret: Path
    """The file of the secret that signs each letter: skelp webhook secret FILE."""
    events: Annotated[tuple[Kind, ...], Field(min_length=1)] = (Kind.COIL_FINAL, Kind.COIL_CHANGED, Kind.COIL_REVISED, Kind.COIL_DECIDED)
    certificate_authority: Path | None = None
    """Certificates that sign the receiver's, PEM. None: those of the system."""

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be like https://mes.plant.example/skelp")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("must begin with https, because others can read what is sent to another machine without TLS")
        if parts.username is not None or parts.fragment:
            raise ValueError("has a user or a fragment, which is not sent; the receiver knows the station by the signature")
        return url

    def with_paths_from(self, folder: Path) -> WebhookSettings:
        """The same, with relative paths counted from `folder`."""
        ca = self.certificate_authority
        return self.model_copy(update={"secret": folder / self.secret, "certificate_authority": ca and folder / ca})
