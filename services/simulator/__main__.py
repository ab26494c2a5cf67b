"""`python -m services.simulator`: a county's register and records, as NDJSON, or a file a feed as CSV or XLSX."""

from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track

from services.simulator import simulate_records, simulate_register
from services.simulator.files import write_csv, write_ndjson, write_xlsx

DAY = "%Y-%m-%d"
WRITERS = {"csv": write_csv, "xlsx": write_xlsx}


def main(
    out: Annotated[Path, typer.Option(help="where the files go")],
    county: Annotated[str, typer.Option(help="six digits")] = "530925",
    households: Annotated[int, typer.Option()] = 2000,
    records: Annotated[int, typer.Option()] = 10_000,
    seed: Annotated[int, typer.Option()] = 7,
    start: Annotated[datetime, typer.Option("--from", formats=[DAY])] = datetime(2021, 9, 28),  # noqa: DTZ001
    end: Annotated[datetime, typer.Option("--to", formats=[DAY])] = datetime(2021, 11, 30),  # noqa: DTZ001
    kind: Annotated[str, typer.Option("--format", help="ndjson, csv or xlsx")] = "ndjson",
) -> None:
    """The same options give the same files."""
    out.mkdir(parents=True, exist_ok=True)
    first, last = date(start.year, start.month, start.day), date(end.year, end.month, end.day)
    register = list(simulate_register(county, households, seed, last))
    write_ndjson(out / "household-register.ndjson", register)
    made = simulate_records(county, register, seed, first, last, records)
    shown = track(made, total=records, description="records", disable=records < 50_000)
    if kind == "ndjson":
        write_ndjson(out / "records.ndjson", shown)
        return
    if kind not in WRITERS:
        raise typer.BadParameter("ndjson, csv or xlsx", param_hint="--format")
    by_feed: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in shown:
        by_feed[record["feed"]].append(record)
    for feed, own in by_feed.items():
        WRITERS[kind](out / f"{feed}.{kind}", feed, own)


if __name__ == "__main__":
    typer.run(main)
