"""`fangpin exceptions`: what could not be used; look at it, and send it again when its cause is mended."""

import getpass
import json
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from fangpin.database import Connection
from fangpin.errors import HubError
from fangpin.kafka import Producer
from fangpin.vault import Vault
from services.access.auditing import audit
from services.cli.directory import HERE, Data
from services.cli.exits import EXIT_FAILED, stopped
from services.cli.hub import credentials, hub_database, vault_of
from services.cli.replaying import FIELDS, Stored, Unusable, find, readable, record
from services.cli.replaying import replay as replay_all

app = typer.Typer(add_completion=False, no_args_is_help=True)
console = Console(highlight=False, markup=False)
Json = Annotated[bool, typer.Option("--json", help="one JSON object a line")]


@app.command(name="list")
def list_all(
    data: Data = HERE,
    every: Annotated[bool, typer.Option("--all", help="resolved ones too")] = False,
    code: Annotated[str | None, typer.Option(help="of one code alone")] = None,
    as_json: Json = False,
) -> None:
    """The exceptions, the oldest first, with their age in days."""
    with hub_database(data) as conn:
        rows = conn.execute(
            "SELECT exception_id::text, feed, county_code, code, field, record_id, status, recorded_at, "
            "extract(day FROM coalesce(resolved_at, now()) - recorded_at)::int, raw IS NOT NULL FROM exception_log "
            "WHERE (%s OR status = 'open') AND (%s::text IS NULL OR code = %s) ORDER BY recorded_at, exception_id",
            (every, code, code),
        ).fetchall()
    names = (
        "exception_id", "feed", "county_code", "code", "field", "record_id", "status", "recorded_at", "age_days", "replayable",
    )  # fmt: skip
    if as_json:
        for row in rows:
            typer.echo(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=str))
        return
    table = Table(box=box.SIMPLE)
    table.add_column("exception_id", no_wrap=True)  # it is copied into the next command
    table.add_column("code", no_wrap=True)
    table.add_column("county", no_wrap=True)
    for name in ("feed", "record", "days"):
        table.add_column(name, overflow="fold")
    for identity, of_feed, county, its_code, _, record_id, _, _, age, _ in rows:
        table.add_row(identity, its_code, county, of_feed, record_id, str(age))
    console.print(table)


@app.command()
def show(exception_id: str, data: Data = HERE, as_json: Json = False) -> None:
    """One exception with the bytes as they came; needs the master secret of this machine, and is audited."""
    identity, vault = _identity(exception_id), vault_of(data)
    with hub_database(data) as conn:
        found = find(conn, vault, [identity])
        if not found:
            raise stopped(f"没有例外 {identity}。编号见 fangpin exceptions list --all。", EXIT_FAILED)
        _audit(conn, "exception-opened", found)
    shown = {name: found[0].fields[name] for name in FIELDS} | {"raw": readable(found[0])}
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False, default=str))
        return
    for name, value in shown.items():
        text = json.dumps(value, ensure_ascii=False, default=str, indent=2) if isinstance(value, dict) else value
        console.print(f"{name}: {text}", soft_wrap=True)


@app.command()
def replay(
    ids: Annotated[list[str] | None, typer.Argument(help="exceptions; without any: every open one")] = None,
    code: Annotated[str | None, typer.Option(help="every open one of this code")] = None,
    feed: Annotated[str | None, typer.Option(help="every open one of this feed")] = None,
    again: Annotated[bool, typer.Option("--again", help="resolved ones too")] = False,
    pace: Annotated[float, typer.Option(min=1, help="records a second at most")] = 200,
    data: Data = HERE,
    as_json: Json = False,
) -> None:
    """Send the bytes again, as they came; what is still wrong becomes an exception again.

    Exit 1 when one that was chosen cannot be sent. Where nothing is chosen, those without bytes are not meant, and those
    still unusable are told.
    """
    chosen = bool(ids) or code is not None or feed is not None
    named, vault = [_identity(one) for one in ids or ()], vault_of(data)
    with hub_database(data) as conn:
        found = [one for one in find(conn, vault, named, code, feed) if chosen or one.raw is not None]
        _audit(conn, "exception-replayed", found)
    refused = {str(one): "没有这个例外" for one in set(named) - {one.exception_id for one in found}}
    ready: list[Stored] = []
    for one in found:
        try:
            if one.fields["status"] == "resolved" and not again:
                raise Unusable("已经解决；仍要重放请加 --again")
            record(one, vault, datetime.now(UTC))
            ready.append(one)
        except Unusable as reason:
            refused[str(one.exception_id)] = str(reason)
    _send(credentials(data)["kafka"], vault, ready, pace, quiet=as_json)
    if as_json:
        typer.echo(
            json.dumps({"replayed": [str(one.exception_id) for one in ready], "refused": refused}, ensure_ascii=False)
        )
    else:
        console.print(f"已重新送出 {len(ready)} 条，未送出 {len(refused)} 条")
        for identity, why in refused.items():
            console.print(f"{identity}：{why}", soft_wrap=True)
    if refused and chosen:
        raise typer.Exit(EXIT_FAILED)


def _send(bootstrap: str, vault: Vault, ready: list[Stored], pace: float, *, quiet: bool) -> None:
    producer = Producer(bootstrap)
    try:
        with Progress(console=Console(stderr=True), disable=quiet) as bar:
            task = bar.add_task("replay", total=len(ready))
            replay_all(producer, vault, ready, pace, lambda sent: bar.advance(task, sent))
    except HubError as error:
        typer.echo(f"中枢没有应答：{error}。可以再次运行，重复送出没有害处。", err=True)
        raise typer.Exit(EXIT_FAILED) from error
    finally:
        producer.close()


def _audit(conn: Connection, action: str, found: list[Stored]) -> None:
    """Before anything is shown or sent: what cannot be audited is not done."""
    audit(conn, f"operator:{getpass.getuser()}", action, *(str(one.exception_id) for one in found))
    conn.commit()


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise stopped(f"{text} 不是例外编号。编号见 fangpin exceptions list --all。") from None
