"""`fangpin officers`: who may sign in, for an operator on the hub's own machine."""

import json
from dataclasses import asdict
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from services.access import officers as keeping
from services.access.seed import CREDENTIALS
from services.cli.directory import HERE, Data
from services.cli.exits import stopped
from services.cli.hub import credentials, hub_database

Username = Annotated[str, typer.Argument(help="the officer's name for signing in")]
app = typer.Typer(add_completion=False, help=__doc__)


@app.command("list")
def show(
    area: Annotated[str, typer.Option(help="only areas whose code begins so")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="as JSON, for programs")] = False,
    data: Data = HERE,
) -> None:
    """List officers with role and area."""
    with hub_database(data) as conn:
        found = keeping.officers(conn, area)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        typer.echo(f"{one.username}\t{one.role}\t{one.area}\t{one.area_name}")


@app.command()
def add(
    username: Username,
    role: Annotated[str, typer.Option(help="village, township, county, analyst or auditor")],
    area: Annotated[
        str, typer.Option(help="the code of the area: 12 digits of a village, 9 of a township, 6 of a county")
    ],
    data: Data = HERE,
) -> None:
    """Add an officer; the first password is printed, once."""
    with hub_database(data) as conn:
        password = keeping.add(conn, getuser(), username, role, area)
    typer.echo(f"已添加 {username}，初始密码（只显示这一次）：{password}")


@app.command()
def password(username: Username, data: Data = HERE) -> None:
    """Give an officer a new password and end their sessions; it is printed, once."""
    _own(data, username)
    with hub_database(data) as conn:
        new = keeping.renew_password(conn, getuser(), username)
    typer.echo(f"{username} 的新密码（只显示这一次）：{new}")


@app.command()
def remove(username: Username, data: Data = HERE) -> None:
    """Take an officer's account away and end their sessions."""
    _own(data, username)
    with hub_database(data) as conn:
        keeping.remove(conn, getuser(), username)
    typer.echo(f"已删除账号 {username}。")


def _own(data: Path, username: str) -> None:
    """The accounts of `credentials.json` follow that file: at the next start it would have the last word."""
    if username in {one["username"] for one in credentials(data)["officers"]}:
        raise stopped(f"{username} 由 {data / CREDENTIALS} 管理：请在该文件中删去这一条并重新启动，会生成新密码。")
