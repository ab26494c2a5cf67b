"""`fangpin status`: checkpoints and lag, outgoing rows, exceptions, as a table or as JSON."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from fangpin import checkpoints, database
from fangpin.errors import HubError
from fangpin.kafka import Consumer
from services.cli.up import read_credentials

app = typer.Typer(add_completion=False)


@app.command()
def status(
    data: Annotated[Path, typer.Option(help="the hub's directory")] = Path(".fangpin"),
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object instead of a table")] = False,
) -> None:
    """Show how far each consumer is behind, what waits to be published, what could not be used."""
    try:
        credentials = read_credentials(data)
        found = _read(credentials)
    except FileNotFoundError:
        typer.echo(f"{data}：这里没有中枢，请先运行 fangpin up，或用 --data 指出目录。", err=True)
        raise typer.Exit(2) from None
    except HubError as error:
        typer.echo(f"中枢没有应答：{error}", err=True)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        _show(found)


def _read(credentials: dict[str, Any]) -> dict[str, Any]:
    with database.connect(credentials["database"]) as conn:
        rows = conn.execute(
            "SELECT consumer, topic, partition, next_offset FROM checkpoint ORDER BY consumer, topic, partition"
        ).fetchall()
        unpublished = conn.execute(
            "SELECT coalesce(sum(county.position - coalesce(publication.position, 0)), 0) FROM county "
            "LEFT JOIN publication USING (county_code)"
        ).fetchone()
        exceptions = conn.execute(
            "SELECT code, count(*) FROM exception_log WHERE status = 'open' GROUP BY 1 ORDER BY 1"
        )
        counties = conn.execute("SELECT county_code, civil_date::text FROM county ORDER BY 1")
        found = {
            "exceptions": dict(exceptions.fetchall()),
            "counties": dict(counties.fetchall()),
            "unpublished": int(unpublished[0]) if unpublished is not None else 0,
        }
    return {"consumers": _lags(credentials["kafka"], rows), **found}


def _lags(bootstrap: str, rows: list[tuple[str, str, int, int]]) -> list[dict[str, Any]]:
    """What each consumer has read and not yet read; a partition that nobody has begun counts whole."""
    topics = sorted({row[1] for row in rows})
    consumer = Consumer(bootstrap, topics, None)
    try:
        places = consumer.partitions(topics)
        starts, ends = consumer.log_starts(places), consumer.log_ends(places)
    finally:
        consumer.close()
    offsets: dict[tuple[str, checkpoints.Place], int] = {(row[0], (row[1], row[2])): row[3] for row in rows}
    lags: dict[tuple[str, str], list[int]] = {}
    for name, topic in sorted({(row[0], row[1]) for row in rows}):
        both = lags.setdefault((name, topic), [0, 0])
        for place in places:
            if place[0] == topic:
                offset = offsets.get((name, place), starts[place])
                both[0] += offset
                both[1] += ends[place] - offset
    return [{"consumer": name, "topic": topic, "read": read, "lag": lag} for (name, topic), (read, lag) in lags.items()]


def _show(found: dict[str, Any]) -> None:
    console = Console()
    table = Table("consumer", "topic", "read", "lag")
    for one in found["consumers"]:
        table.add_row(one["consumer"], one["topic"], str(one["read"]), str(one["lag"]))
    console.print(table)
    table = Table("county", "civil date")
    for county, day in found["counties"].items():
        table.add_row(county, str(day))
    console.print(table)
    table = Table("open exceptions", "count")
    for code, count in found["exceptions"].items():
        table.add_row(code, str(count))
    console.print(table)
    console.print(f"outgoing rows not yet published: {found['unpublished']}")
