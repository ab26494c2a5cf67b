"""`fangpin exceptions`: what could not be used; look at it, and send it again when its cause is mended."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from fangpin import database
from fangpin.cloudevents import department_source, headers
from fangpin.kafka import Outgoing, Producer
from fangpin.salts import load_salts
from fangpin.vault import Vault, load_or_create_secret
from services.cli.up import read_credentials

app = typer.Typer(add_completion=False, no_args_is_help=True)
console = Console()
Data = Annotated[Path, typer.Option(help="the hub's directory")]


def _credentials(data: Path) -> dict[str, str]:
    try:
        return read_credentials(data)
    except FileNotFoundError:
        typer.echo(f"{data}：这里没有中枢，请先运行 fangpin up，或用 --data 指出目录。", err=True)
        raise typer.Exit(2) from None


@app.command(name="list")
def list_all(
    data: Data = Path(".fangpin"),
    every: Annotated[bool, typer.Option("--all", help="resolved ones too")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """The exceptions, the oldest first, with their age."""
    with database.connect(_credentials(data)["database"]) as conn:
        rows = conn.execute(
            "SELECT exception_id::text, feed, county_code, code, field, record_id, status, recorded_at, "
            "extract(day FROM now() - recorded_at)::int FROM exception_log WHERE %s OR status = 'open' ORDER BY recorded_at",
            (every,),
        ).fetchall()
    names = ("exception_id", "feed", "county_code", "code", "field", "record_id", "status", "recorded_at", "age_days")
    if as_json:
        for row in rows:
            typer.echo(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=str))
        return
    table = Table(*names)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    console.print(table)


@app.command()
def show(exception_id: UUID, data: Data = Path(".fangpin")) -> None:
    """One exception with the bytes as they came; needs the master secret of this machine."""
    found = _load(data, exception_id)
    if found is None:
        typer.echo(f"没有例外 {exception_id}。", err=True)
        raise typer.Exit(1)
    raw = found.pop("raw")
    for name, value in found.items():
        console.print(f"{name}: {value}", soft_wrap=True)
    console.print(f"raw: {raw!r}", soft_wrap=True)


@app.command()
def replay(exception_id: UUID, data: Data = Path(".fangpin")) -> None:
    """Send the bytes again, as they came; what is still wrong becomes an exception again."""
    found = _load(data, exception_id)
    if found is None or not isinstance(found["raw"], bytes):
        typer.echo(f"例外 {exception_id} 不存在，或没有保存原始内容。", err=True)
        raise typer.Exit(1)
    county, feed = str(found["county_code"]), str(found["feed"])
    source = department_source(county, str(found["source"]))
    producer = Producer(_credentials(data)["kafka"])
    now = datetime.now(UTC)
    producer.publish(
        [
            Outgoing(
                f"feed.{feed}",
                county.encode(),
                found["raw"],
                headers(f"replay-{exception_id}", source, f"fangpin.feed.{feed}", now),
            )
        ]
    )
    producer.close()
    console.print(f"{exception_id} 已重新送出")


def _load(data: Path, exception_id: UUID) -> dict[str, object] | None:
    vault = Vault(load_or_create_secret(data / "secrets" / "master.key"))
    names = (
        "code",
        "field",
        "message",
        "feed",
        "county_code",
        "record_id",
        "revision",
        "source",
        "status",
        "recorded_at",
    )
    with database.connect(_credentials(data)["database"]) as conn:
        row = conn.execute(
            f"SELECT {', '.join(names)}, key_id, raw FROM exception_log WHERE exception_id = %s", (exception_id,)
        ).fetchone()
        if row is None:
            return None
        found: dict[str, object] = dict(zip(names, row, strict=False))
        key_id, sealed = row[-2], row[-1]
        found["raw"] = None
        if sealed is not None:
            salts = load_salts(conn, [key_id.encode()])
            found["raw"] = vault.open(key_id.encode(), salts[key_id.encode()], bytes(sealed)) if salts else None
    return found
