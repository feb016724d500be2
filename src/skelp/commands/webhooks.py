"""`skelp webhook`: makes the secret of a webhook, and tries one."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Annotated

import typer

from skelp.config import load_station
from skelp.domain.errors import SkelpError, suggestion
from skelp.domain.moments import now
from skelp.domain.webhooks import headers, new_secret
from skelp.terminal import print_line
from skelp.webhooks import made_hook
from skelp.whole_file import whole_file

webhook_cli = typer.Typer(no_args_is_help=True, help="Make the secret of a webhook, and try one.")


@webhook_cli.command()
def secret(file: Annotated[Path, typer.Argument(help="New file of the secret, which only its owner may read.")]) -> None:
    """Make a secret. The station signs with it, and the receiver checks with it: give it the same file."""
    if file.exists():
        raise SkelpError(f"{file} is there and is not replaced: the receiver may check with it; choose another name")
    with whole_file(file) as draft:
        draft.write_text(new_secret() + "\n", encoding="ascii")
    print_line(f"secret       {file}: set secret under [[webhooks]] of the station file to it, and give it to the receiver")


@webhook_cli.command("try")
def try_one(
    name: Annotated[str, typer.Argument(help="Name of the webhook in the station file.")],
    station: Annotated[Path, typer.Option("--station", help="Station file.")],
) -> None:
    """Send a letter of type skelp.test now, and say what the receiver answers. The station need not run."""
    config = load_station(station)
    known = {w.name: w for w in config.webhooks}
    if name not in known:
        raise SkelpError(f"{station} has no webhook {name!r}; {suggestion(name, known) if known else 'it has none'}")
    hook = made_hook(known[name])
    body = json.dumps({"type": "skelp.test", "timestamp": now(), "data": {"station": config.name}}).encode()
    failure = hook.post(body, headers(hook.key, f"test-{uuid.uuid4()}", body))
    if failure is not None:
        raise SkelpError(f"webhook {name} did not arrive at {hook.url}: {failure.detail}", failure.reason)
    print_line(f"webhook {name} arrived at {hook.url}")
