"""`skelp token`: makes, lists and revokes the tokens of a station's callers, while the station runs or not."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from skelp.config import StationConfig, load_station
from skelp.domain.access import RIGHTS, Role
from skelp.sinks.sql import Tokens
from skelp.sinks.storage import open_token_storage
from skelp.terminal import JsonOption, err, print_line, print_rows

token_cli = typer.Typer(no_args_is_help=True, help="Make, list and revoke the tokens of a station's callers.")
StationOption = Annotated[Path, typer.Option("--station", help="Station file: its database holds the tokens.")]
NameArgument = Annotated[str, typer.Argument(help="Who carries it, such as mes-1 or kim. Reviews are signed with it.")]
_ROLES = "; ".join(f"{role}: {', '.join(sorted(rights))}" for role, rights in RIGHTS.items())
_MOST_DAYS = 3650


@token_cli.command()
def new(
    name: NameArgument,
    role: Annotated[Role, typer.Option(help=f"What it may do. {_ROLES}.")],
    station: StationOption,
    days: Annotated[int, typer.Option(min=1, max=_MOST_DAYS, help="How long it is good.")] = 365,
) -> None:
    """Make a token and print it. It is shown once: only its hash is stored."""
    _check(name)
    config = load_station(station)
    with _opened(config, make=True) as tokens:
        secret = tokens.new(name, role, timedelta(days=days))
    where = config.storage.folder.absolute()
    err.print(f"token {name} ({role}) for the station in {where}, good for {days} days.", markup=False, highlight=False, soft_wrap=True)
    err.print("Nobody can show it again:", markup=False, highlight=False)
    print_line(secret)


@token_cli.command("list")
def listed(station: StationOption, as_json: JsonOption = False) -> None:
    """List the tokens, without their secrets."""
    with _opened(load_station(station)) as tokens:
        found = tokens.all()
    now = datetime.now(UTC)
    facts = [
        {
            "name": t.name,
            "role": t.role.value,
            "state": t.fault(now) or "good",
            "made_at": _day(t.made_at),
            "expires_at": _day(t.expires_at),
            "last_used_at": _day(t.last_used_at),
        }
        for t in found
    ]
    if as_json:
        print(json.dumps({"tokens": facts}))
    elif facts:
        print_rows([list(facts[0]), *([f or "" for f in row.values()] for row in facts)])
    else:
        print_line("there is no token; make one: skelp token new NAME --role ROLE --station FILE")


@token_cli.command()
def revoke(name: NameArgument, station: StationOption) -> None:
    """Revoke a token. A running station refuses it after five seconds at the latest."""
    with _opened(load_station(station)) as tokens:
        tokens.revoke(name)
    print_line(f"token {name} is revoked")


def _opened(config: StationConfig, *, make: bool = False) -> AbstractContextManager[Tokens]:
    return open_token_storage(config.storage.folder, config.storage.database_url, config.name, make=make)


def _check(name: str) -> None:
    """Raises typer's error for a name that a review could not be signed with."""
    if not 1 <= len(name) <= 64 or not name.isprintable() or name != name.strip():
        raise typer.BadParameter("a name has 1 to 64 printable characters and no blank at its ends")


def _day(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%d %H:%M UTC")
