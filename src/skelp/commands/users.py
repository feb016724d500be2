"""`skelp user`: the people who may log in at a station, while the station runs or not."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from skelp.commands.access import StationOption, place_of
from skelp.commands.tokens import NameArgument, RoleOption, check_name, day
from skelp.terminal import JsonOption, print_line, print_list

user_cli = typer.Typer(no_args_is_help=True, help="Add, list and end the people who may log in at a station.")
StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin instead of asking for it.")]


@user_cli.command()
def new(name: NameArgument, role: RoleOption, station: StationOption, password_stdin: StdinOption = False) -> None:
    """Add a person who may log in. Asks for a password; there is no default one."""
    check_name(name)
    place = place_of(station)
    password = _asked(name, from_stdin=password_stdin)
    with place.opened(make=True) as access:
        access.people.new(name, role, password)
    print_line(f"{name} ({role}) may log in")


@user_cli.command()
def password(name: NameArgument, station: StationOption, password_stdin: StdinOption = False) -> None:
    """Give a person another password. Their log-ins end after five seconds at the latest."""
    place = place_of(station)
    with place.opened():  # it is there, before anybody types
        pass
    given = _asked(name, from_stdin=password_stdin)
    with place.opened() as access:
        access.people.change_password(name, given)
    print_line(f"{name} has another password")


@user_cli.command("list")
def listed(station: StationOption, as_json: JsonOption = False) -> None:
    """List the people, also those who left."""
    with place_of(station).opened() as access:
        found = access.people.all()
    facts = [{"name": p.name, "role": p.role.value, "since": day(p.made_at), "left": day(p.left_at)} for p in found]
    print_list("people", facts, "nobody may log in; add somebody: skelp user new NAME --role ROLE --station FILE", as_json=as_json)


@user_cli.command()
def end(name: NameArgument, station: StationOption) -> None:
    """Let a person in no more. Their log-ins end after five seconds at the latest. Reviews that they signed stay."""
    with place_of(station).opened() as access:
        access.people.end(name)
    print_line(f"{name} may not log in any more")


def _asked(name: str, *, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt(f"password of {name}", hide_input=True, confirmation_prompt=True))
