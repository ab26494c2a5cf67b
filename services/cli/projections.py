"""`fangpin projections`: list, rebuild, verify the read models of a running hub."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from fangpin.errors import HubError
from fangpin.settings import Settings
from projections import PROJECTIONS, Projection
from projections.versions import consumer_name
from services.cli.directory import HERE, Data
from services.cli.exits import EXIT_FAILED, stopped
from services.cli.hub import credentials, hub_database
from services.projector.rebuild import Report
from services.projector.rebuild import rebuild as rebuild_one
from services.projector.rebuild import verify as verify_one

app = typer.Typer(add_completion=False, no_args_is_help=True)
console = Console()
Json = Annotated[bool, typer.Option("--json", help="one JSON object a line")]


def _settings(data: Path) -> Settings:
    found = credentials(data)
    return Settings(KAFKA_BOOTSTRAP_SERVERS=found["kafka"], DATABASE_URL=found["database"], data_dir=data)


def _quiet_logs() -> None:
    """A person reads this: warnings alone, and on standard error."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _named(name: str) -> Projection:
    if name not in PROJECTIONS:
        raise stopped(f"没有读模型 {name}。可用的是：{'、'.join(PROJECTIONS)}。")
    return PROJECTIONS[name]


@contextmanager
def _progress(text: str, *, quiet: bool) -> Iterator[Report]:
    """A bar of records folded; an error of the hub is said in one line."""
    _quiet_logs()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
            task = bar.add_task(text, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
    except HubError as error:
        typer.echo(f"{text}: {error}", err=True)
        raise typer.Exit(EXIT_FAILED) from error


@app.command(name="list")
def list_all(data: Data = HERE, as_json: Json = False) -> None:
    """The read models: live version, how far it has read, and its tables with their rows."""
    found: list[dict[str, Any]] = []
    with hub_database(data) as conn:
        live = dict(conn.execute("SELECT name, live_version FROM projection").fetchall())
        for name, projection in PROJECTIONS.items():
            if name not in live:
                found.append({"projection": name, "topic": projection.topic, "version": None, "read": 0, "tables": {}})
                continue
            read = conn.execute(
                "SELECT coalesce(sum(next_offset), 0)::bigint FROM checkpoint WHERE consumer = %s",
                (consumer_name(projection, live[name]),),
            ).fetchone()
            rows = {one.name: conn.execute(f"SELECT count(*) FROM {one.name}").fetchone() for one in projection.tables}
            found.append(
                {
                    "projection": name,
                    "topic": projection.topic,
                    "version": live[name],
                    "read": read[0] if read else 0,
                    "tables": {table: row[0] if row else 0 for table, row in rows.items()},
                }
            )
    if as_json:
        for one in found:
            typer.echo(json.dumps(one))
        return
    table = Table("projection", "topic", "version", "records read", "rows")
    for one in found:
        rows_text = ", ".join(f"{name} {count}" for name, count in one["tables"].items())
        table.add_row(one["projection"], one["topic"], str(one["version"] or "-"), str(one["read"]), rows_text)
    console.print(table)


@app.command()
def rebuild(name: str, data: Data = HERE, as_json: Json = False) -> None:
    """Fold the topic again into new tables while reads go on, then swap."""
    projection = _named(name)
    with _progress(f"rebuild {name}", quiet=as_json) as report:
        version = rebuild_one(_settings(data), projection, report)
    if as_json:
        typer.echo(json.dumps({"projection": name, "version": version}))
    else:
        console.print(f"{name}: version {version} is live")


@app.command()
def verify(name: Annotated[str | None, typer.Argument()] = None, data: Data = HERE, as_json: Json = False) -> None:
    """Fold again beside the live tables and compare them row for row; exit 1 when they differ."""
    wrong = False
    for projection in [_named(name)] if name else PROJECTIONS.values():
        with _progress(f"verify {projection.name}", quiet=as_json) as report:
            differences = verify_one(_settings(data), projection, report)
        for table, count in differences.items():
            if as_json:
                typer.echo(json.dumps({"projection": projection.name, "table": table, "differences": count}))
            else:
                console.print(f"{table}: {'equal' if count == 0 else f'{count} rows differ'}")
            wrong = wrong or count > 0
    if wrong:
        raise typer.Exit(EXIT_FAILED)
