"""`skelp model swap` and `swap-back`: ask a running station for another model, over REST."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated, Any

import typer

from skelp.domain.errors import SkelpError
from skelp.terminal import out

AtOption = Annotated[str, typer.Option("--at", metavar="URL", help="The station, such as https://line-1.example:8443.")]
TokenOption = Annotated[Path | None, typer.Option("--token-file", help="A file with a token of the role engineer (docs/security.md).")]
TrustOption = Annotated[
    Path | None, typer.Option("--trust", metavar="FILE", help="The certificate to trust, where it is the station's own.")
]
_HERE = "http://127.0.0.1:8080"
_TIMEOUT_S = 30
_POLL_S = 0.5


def swap(
    file: Annotated[str, typer.Argument(help="The name of a file in the station's folder of models.")],
    at: AtOption = _HERE,
    token_file: TokenOption = None,
    trust: TrustOption = None,
    watch: Annotated[bool, typer.Option("--watch/--no-watch", help="Go back if its rates leave their band.")] = True,
) -> None:
    """Give a running station another model, from the next coil on. It is tried first; a refusal says why, and nothing changes."""
    _ask(_Station(at, token_file, trust), "/model", {"file": file, "watch": watch})


def swap_back(at: AtOption = _HERE, token_file: TokenOption = None, trust: TrustOption = None) -> None:
    """Take back the last swap of a running station, from the next coil on."""
    _ask(_Station(at, token_file, trust), "/model/rollback", None)


class _Station:
    """A station over REST. Raises SkelpError if it does not answer, or refuses."""

    def __init__(self, address: str, token_file: Path | None, trust: Path | None) -> None:
        if not address.startswith(("http://", "https://")):
            raise SkelpError(f"{address!r} is no address of a station; give one like https://line-1.example:8443")
        self._address = address.rstrip("/")
        try:
            self._token = token_file.read_text(encoding="utf-8").strip() if token_file else None
            self._trusted = ssl.create_default_context(cafile=trust) if address.startswith("https://") else None
        except (OSError, ValueError) as error:
            raise SkelpError(f"the token or the certificate cannot be read: {error}") from error

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {"content-type": "application/json", **({"authorization": f"Bearer {self._token}"} if self._token else {})}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._address}/api/v1{path}", data, headers, method=method)  # noqa: S310 - its scheme was checked
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S, context=self._trusted) as answer:  # noqa: S310
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            raise SkelpError(_refusal(error)) from error
        except (OSError, ValueError) as error:
            raise SkelpError(f"the station at {self._address} does not answer: {error}") from error


def _refusal(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError):
        return f"the station answers {error.code} {error.reason}"


def _ask(station: _Station, path: str, body: Any) -> None:
    """Ask, wait until the model was tried, and print what was chosen. Raises SkelpError if it was refused."""
    models = station.call("POST", path, body)
    while models["trying"] is not None:
        time.sleep(_POLL_S)
        models = station.call("GET", "/model")
    if refused := models["refused"]:
        raise SkelpError(f"{refused['file'] or 'the model'} is refused: {refused['reason']['text']}")
    chosen = models["chosen"]
    out.print(f"the next coil: {chosen['name']} {chosen['version']}, sha256 {chosen['sha256']}", highlight=False, soft_wrap=True)
