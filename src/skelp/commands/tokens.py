"""`skelp token`: makes, lists and revokes the tokens of a station's callers, while the station runs or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from skelp.commands.access import StationOption, place_of
from skelp.domain.access import RIGHTS, Role
from skelp.terminal import JsonOption, err, print_line, print_list

token_cli = typer.Typer(no_args_is_help=True, help="Make, list and revoke the tokens of a station's callers.")
NameArgument = Annotated[str, typer.Argument(help="Such as mes-1 or kim. Reviews are signed with it.")]
_ROLES = "; ".join(f"{role}: {', '.join(sorted(rights))}" for role, rights in RIGHTS.items())
RoleOption = Annotated[Role, typer.Option("--role", help=f"What it or they may do. {_ROLES}.")]
_MOST_DAYS = 3650


@token_cli.command()
def new(
    name: NameArgument,
    role: RoleOption,
    station: StationOption,
    days: Annotated[int, typer.Option(min=1, max=_MOST_DAYS, help="How long it is good.")] = 365,
) -> None:
    """Make a token and print it. It is shown once: only its hash is stored."""
    check_name(name)
    place = place_of(station)
    with place.opened(make=True) as access:
        secret = access.tokens.new(name, role, timedelta(days=days))
    err.print(f"token {name} ({role}) for {place.in_words}, good for {days} days.", markup=False, highlight=False, soft_wrap=True)
    err.print("Nobody can show it again:", markup=False, highlight=False)
    print_line(secret)


@token_cli.command("list")
def listed(station: StationOption, as_json: JsonOption = False) -> None:
    """List the tokens, without their secrets."""
    with place_of(station).opened() as access:
        found = access.tokens.all()
    now = datetime.now(UTC)
    facts = [
        {
            "name": t.name,
            "role": t.role.value,
            "state": t.fault(now) or "good",
            "made_at": day(t.made_at),
            "expires_at": day(t.expires_at),
            "last_used_at": day(t.last_used_at),
        }
        for t in found
    ]
    print_list("tokens", facts, "there is no token; make one: skelp token new NAME --role ROLE --station FILE", as_json=as_json)


@token_cli.command()
def revoke(name: NameArgument, station: StationOption) -> None:
    """Revoke a token. A running station refuses it after five seconds at the latest."""
    with place_of(station).opened() as access:
        access.tokens.revoke(name)
    print_line(f"token {name} is revoked")


def check_name(name: str) -> None:
    """Raise typer's error for a name that a review could not be signed with."""
    if not 1 <= len(name) <= 64 or not name.isprintable() or name != name.strip():
        raise typer.BadParameter("a name has 1 to 64 printable characters and no blank at its ends")


def day(at: datetime | None) -> str | None:
    """A moment for a table."""
    return None if at is None else at.strftime("%Y-%m-%d %H:%M UTC")
