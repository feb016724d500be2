"""The settings of a server: those of a station, and of a plant."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

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
        if self.host == "localhost":
            return True
        with suppress(ValueError):  # a name, not an address
            return ip_address(self.host).is_loopback
        return False

    @property
    def asks_for_tokens(self) -> bool:
        """Whether a caller needs a token."""
        return not self.is_local if self.tokens is None else self.tokens

    def with_paths_from(self, folder: Path) -> Server:
        """The same, with relative paths counted from `folder`."""
        files = {key: folder / path for key in ("certificate", "private_key") if (path := getattr(self, key)) is not None}
        return self.model_copy(update=files)
