"""`fangpin projections`: list, rebuild, verify the read models of a running hub."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fangpin import database
from fangpin.settings import Settings
from projections import PROJECTIONS, Projection
from services.cli.up import read_credentials
from services.projector.rebuild import rebuild as rebuild_one
from services.projector.rebuild import verify as verify_one

app = typer.Typer(add_completion=False, no_args_is_help=True)
console = Console()
Data = Annotated[Path, typer.Option(help="the hub's directory")]


def _settings(data: Path) -> Settings:
    try:
        found = read_credentials(data)
    except FileNotFoundError:
        typer.echo(f"{data}：这里没有中枢，请先运行 fangpin up，或用 --data 指出目录。", err=True)
        raise typer.Exit(2) from None
    return Settings(KAFKA_BOOTSTRAP_SERVERS=found["kafka"], DATABASE_URL=found["database"], data_dir=data)


def _named(name: str) -> Projection:
    if name not in PROJECTIONS:
        typer.echo(f"没有读模型 {name}。可用的是：{'、'.join(PROJECTIONS)}。", err=True)
        raise typer.Exit(2)
    return PROJECTIONS[name]


@app.command(name="list")
def list_all(data: Data = Path(".fangpin")) -> None:
    """The read models, their live versions and rows."""
    table = Table("projection", "topic", "version", "table", "rows")
    with database.connect(_settings(data).database_url) as conn:
        versions = dict(conn.execute("SELECT name, live_version FROM projection").fetchall())
        for name, projection in PROJECTIONS.items():
            for own in projection.tables:
                row = conn.execute(f"SELECT count(*) FROM {own.name}").fetchone()
                table.add_row(name, projection.topic, str(versions.get(name)), own.name, str(row[0] if row else 0))
    console.print(table)


@app.command()
def rebuild(name: str, data: Data = Path(".fangpin")) -> None:
    """Fold the topic again into new tables while reads go on, then swap."""
    projection = _named(name)
    with console.status(f"rebuilding {name}"):
        version = rebuild_one(_settings(data), projection)
    console.print(f"{name}: version {version} is live")


@app.command()
def verify(name: Annotated[str | None, typer.Argument()] = None, data: Data = Path(".fangpin")) -> None:
    """Fold again beside the live tables and compare them row for row; exit 1 when they differ."""
    wrong = False
    for projection in [_named(name)] if name else PROJECTIONS.values():
        with console.status(f"verifying {projection.name}"):
            differences = verify_one(_settings(data), projection)
        for table, count in differences.items():
            console.print(f"{table}: {'equal' if count == 0 else f'{count} rows differ'}")
            wrong = wrong or count > 0
    if wrong:
        raise typer.Exit(1)
