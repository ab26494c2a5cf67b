"""`fangpin policy sandbox`: a draft pack over the real history, compared with the packs in force; nothing live changes."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from fangpin.domain.policy import Pack, PackError
from fangpin.errors import HubError
from fangpin.policies import load_draft
from services.cli.directory import HERE, Data
from services.cli.exits import EXIT_FAILED, stopped
from services.cli.hub import credentials, vault_of
from services.sandbox import workbook
from services.sandbox.looking import Report
from services.sandbox.replaying import Outcome
from services.sandbox.telling import CHANGE_COLUMNS, LABELS, LOAD_COLUMNS, about, change_rows, load_rows, sheets
from services.sandbox.trying import try_out

SILENT_SECONDS = 2.0  # a shorter wait needs no bar
SHOWN = 40  # lines of a table on the screen; the XLSX and the JSON have all


def sandbox(
    draft: Annotated[Path, typer.Argument(help="the draft: a whole pack, as YAML")],
    county: Annotated[str | None, typer.Option(help="on this county's history; the draft's own county")] = None,
    on: Annotated[str | None, typer.Option(help="as of this date, YYYY-MM-DD; the county's civil date")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="write the whole comparison to this file")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="as one JSON object")] = False,
    data: Data = HERE,
) -> None:
    """Replay a draft over the stored records: which households × risks appear or disappear, and the work they make."""
    pack = _draft(draft, county)
    url, vault = credentials(data)["database"], vault_of(data)
    try:
        with _bar(f"{pack.id} · {pack.county_code}", quiet=as_json) as report:
            day, outcome = try_out(url, vault, pack, _day(on), report)
    except PackError as error:
        raise stopped(f"草案不能使用：{error}") from error
    except HubError as error:
        raise stopped(f"推演没有完成：{error}。请检查数据库是否可用，主密钥是否属于这个中枢。", EXIT_FAILED) from error
    summary = about(pack, day, outcome)
    if xlsx is not None:
        _write(xlsx, pack, day, outcome)
    if as_json:
        typer.echo(msgspec.json.encode(_whole(summary, outcome)).decode())
    else:
        _show(summary, pack, outcome, xlsx)


def _draft(path: Path, county: str | None) -> Pack:
    """The draft; a neighbour's takes the place of the county's own."""
    try:
        pack = load_draft(path)
    except OSError as error:
        raise stopped(f"{path}：打不开（{error.strerror}）。请检查路径。") from error
    except PackError as error:
        raise stopped(f"草案不能使用：{error}") from error
    return pack if county is None else msgspec.structs.replace(pack, county_code=county)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise stopped(f"--on {text}：应写成 2021-11-01 这样的日期。") from None


@contextmanager
def _bar(text: str, *, quiet: bool) -> Iterator[Report]:
    """A bar on standard error, once the wait is longer than two seconds."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(file=sys.stderr), disable=quiet)
    task = bar.add_task(text, total=None)
    began = time.monotonic()

    def report(done: int, total: int | None) -> None:
        bar.update(task, completed=done, total=total)
        if not bar.live.is_started and time.monotonic() - began > SILENT_SECONDS:
            bar.start()

    try:
        yield report
    finally:
        bar.stop()


def _whole(about: dict[str, str | int], outcome: Outcome) -> dict[str, object]:
    found = outcome.comparison
    return {**about, "changes": found.in_order(), "workload": found.workload()}


def _write(path: Path, pack: Pack, day: date, outcome: Outcome) -> None:
    try:
        workbook.write(
            path,
            sheets(pack, day, outcome, households=True),
        )
    except workbook.Unwritable as error:
        raise stopped(f"{path}：写不进去（{error}）。请检查路径。") from error


def _show(about: dict[str, str | int], pack: Pack, outcome: Outcome, xlsx: Path | None) -> None:
    console = Console()
    summary = Table("项目", "值", title="政策推演：只读，未改动任何在用数据")
    for name, value in about.items():
        summary.add_row(LABELS[name], Text(str(value)))
    console.print(summary)
    _table(console, "新增与消失的户与风险", CHANGE_COLUMNS, change_rows(pack, outcome))
    _table(console, "每村每月工作量（按首次符合规则的月份）", LOAD_COLUMNS, load_rows(outcome))
    if xlsx is not None:
        console.print(Text(f"全部结果已写入 {xlsx}"))


def _table(console: Console, title: str, columns: tuple[str, ...], rows: list[tuple[workbook.Cell, ...]]) -> None:
    table = Table(*columns, title=title)
    for row in rows[:SHOWN]:
        table.add_row(*(Text(str(cell)) for cell in row))
    console.print(table)
    if len(rows) > SHOWN:
        console.print(Text(f"另有 {len(rows) - SHOWN} 行未显示，用 --xlsx 或 --json 取得全部。"))
