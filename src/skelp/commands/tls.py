"""`skelp tls`: makes certificates for a plant that has no certificate authority, and shows what a certificate says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from skelp.certificates.making import CA_DAYS, MOST_DAYS, new_certificate
from skelp.certificates.reading import Certificate, moment, read_certificates
from skelp.terminal import JsonOption, print_line, print_table

tls_cli = typer.Typer(no_args_is_help=True, help="Make and show certificates for a station that other machines call.")


@tls_cli.command()
def new(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Host names and IP addresses by which the station is called.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the files. Its ca.pem and ca.key are used if they are there.")],
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="How long the certificate is valid.")] = MOST_DAYS,
    force: Annotated[bool, typer.Option("--force", help="Replace the certificate and key of the first NAME. The CA stays.")] = False,
) -> None:
    """Make a certificate and its key for a station, and a CA that signs it if there is none yet."""
    made = new_certificate(names, out, days, replace=force)
    if made.is_new_ca:
        print_line(f"CA           {made.ca}, {CA_DAYS} days: take it to the machines that call the station")
        print_line(f"CA's key     {made.ca.with_suffix('.key')}: whoever has it can make certificates; keep it, but not on the station")
    print_line(f"certificate  {made.certificate}, {days} days: set certificate under [server] of the station file to it")
    print_line(f"its key      {made.private_key}: set private_key under [server] to it")


@tls_cli.command()
def show(
    file: Annotated[Path, typer.Argument(help="Certificates in PEM, such as the station's or ca.pem.")], as_json: JsonOption = False
) -> None:
    """Show the names, the validity and the issuer of each certificate in a file."""
    found = [_shown(certificate) for certificate in read_certificates(file)]
    if as_json:
        print(json.dumps({"certificates": found}))
        return
    for facts in found:
        print_table(str(file), facts)


def _shown(certificate: Certificate) -> dict[str, Any]:
    return {
        "names": list(certificate.names),
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "valid_from": moment(certificate.begins_at),
        "valid_until": moment(certificate.ends_at),
        "days_left": certificate.days_left(),
        "serial": certificate.serial,
        "is_ca": certificate.is_ca,
    }
