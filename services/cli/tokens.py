"""`fangpin tokens`: what departments' systems send with, for an operator on the hub's own machine."""

import json
from dataclasses import asdict
from getpass import getuser
from typing import Annotated

import typer

from services.access import tokens as keeping
from services.cli.directory import HERE, Data
from services.cli.hub import hub_database

Name = Annotated[str, typer.Argument(help="the token's name: which system of the department sends with it")]
app = typer.Typer(add_completion=False, help=__doc__)


@app.command("list")
def show(
    county: Annotated[str, typer.Option(help="only of this county")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="as JSON, for programs")] = False,
    data: Data = HERE,
) -> None:
    """List tokens with department and county, without their secrets."""
    with hub_database(data) as conn:
        found = keeping.tokens(conn, county)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        typer.echo(f"{one.name}\t{one.department or one.role}\t{one.county}")


@app.command()
def add(
    name: Name,
    department: Annotated[str, typer.Option(help="the department's slug, such as medical-insurance")],
    county: Annotated[str, typer.Option(help="the county's code, 6 digits")],
    data: Data = HERE,
) -> None:
    """Add a token for a department's feeds in a county; it is printed, once."""
    with hub_database(data) as conn:
        token = keeping.add(conn, getuser(), name, department, county)
    typer.echo(f"已添加 {name}，令牌（只显示这一次）：{token}")


@app.command()
def revoke(name: Name, data: Data = HERE) -> None:
    """Take a token away; within seconds nobody comes in with it."""
    with hub_database(data) as conn:
        keeping.revoke(conn, getuser(), name)
    typer.echo(f"已撤销令牌 {name}。")
