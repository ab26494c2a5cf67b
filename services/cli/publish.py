"""`fangpin publish FEED FILE`: send a file, wait for what became of every record, say it by row."""

import json
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from fangpin.domain.feeds import FEEDS
from services.cli.access import token_for
from services.cli.directory import HERE
from services.cli.exits import EXIT_SOME_UNUSED, stopped
from services.cli.sending import TIMEOUT, CannotSend, Report, Upload, counties, follow, send, uploads

app = typer.Typer(add_completion=False)
SHOWN_ROWS = 50
_BAD = ("unmatched", "ambiguous", "quarantined", "not_published")
_WORDS = {
    "pending": "处理中",
    "matched": "已匹配",
    "unmatched": "未匹配到农户",
    "ambiguous": "匹配到多户",
    "duplicate": "重复（无变化）",
    "superseded": "已被更高修订号取代",
    "quarantined": "已隔离",
    "not_published": "未发送成功",
}
errors = Console(stderr=True)


@app.command()
def publish(
    feed: Annotated[str, typer.Argument(help="the feed, e.g. medical-expense")],
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, NDJSON or JSON")],
    data: Annotated[Path, typer.Option(help="the hub's data directory")] = HERE,
    credentials: Annotated[Path | None, typer.Option(help="instead of DIR/credentials.json")] = None,
    county: Annotated[str | None, typer.Option(help="six digits; needed when the hub has several")] = None,
    department: Annotated[str | None, typer.Option(help="slug of the sending department")] = None,
    officer: Annotated[str | None, typer.Option(help="send as this officer of a township or village")] = None,
    baseline: Annotated[bool, typer.Option(help="stock of past years: warnings without notices")] = False,
    rejected: Annotated[Path | None, typer.Option(help="write the refused rows, annotated, to this XLSX")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the report as one JSON object")] = False,
) -> None:
    """Exit 0 when every record was used, 3 when some were not, 2 when nothing could be sent."""
    if feed not in FEEDS:
        raise stopped(f"没有 {feed} 这一类数据。可用的是：{'、'.join(FEEDS)}。")
    access = _access(credentials or data / "credentials.json")
    try:
        found = uploads(file)
        token = token_for(access, feed, county or _county_of(found, access), department, officer)
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=access["url"], headers=headers, timeout=TIMEOUT, trust_env=False) as client:
            report = _send(client, feed, found, baseline)
            if rejected is not None and report.rejected:
                _write_rejected(client, report, rejected)
    except CannotSend as error:
        raise stopped(str(error)) from None
    except httpx.HTTPError as error:
        raise stopped(f"{access['url']} 连不上（{type(error).__name__}）。请先运行 fangpin up。") from error
    outcomes = report.outcomes()
    if as_json:
        shown = {
            "feed": feed,
            "receipts": [receipt for receipt, _ in report.receipts],
            "accepted": report.accepted,
            "rejected": report.rejected,
            "items": [one for items in report.items for one in items],
            "outcomes": outcomes,
        }
        print(json.dumps(shown, ensure_ascii=False))
    else:
        _show(report)
    if report.rejected or any(outcomes.get(name) for name in _BAD):
        raise typer.Exit(EXIT_SOME_UNUSED)


def _access(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise stopped(f"{path} 打不开。请用 --data 或 --credentials 指明，或先运行 fangpin up。") from None
    return found


def _county_of(found: list[Upload], access: dict[str, Any]) -> str | None:
    """The county that the records name, or the hub's only one; None when it has to be said."""
    for named in (counties(found), {one["county"] for one in access["tokens"] if "county" in one}):
        if len(named) == 1:
            return named.pop()
    return None


def _send(client: httpx.Client, feed: str, found: list[Upload], baseline: bool) -> Report:
    report = Report()
    query = {"baseline": "true"} if baseline else {}
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as progress:
        sending = progress.add_task("发送", total=sum(len(one.content) for one in found))
        for one in found:
            send(client, feed, one, query, lambda sent: progress.advance(sending, sent), report)
        waiting = progress.add_task("处理", total=report.accepted or None)
        follow(client, report, lambda done: progress.update(waiting, completed=done))
    return report


def _write_rejected(client: httpx.Client, report: Report, path: Path) -> None:
    """Of a file in one upload; records in portions have a file each, numbered."""
    several = len(report.receipts) > 1
    for number, (receipt, _) in enumerate(report.receipts, 1):
        answer = client.get(f"/api/v1/receipts/{receipt}/rejected.xlsx")
        if answer.status_code == 200:
            (path.with_stem(f"{path.stem}-{number}") if several else path).write_bytes(answer.content)


def _place(one: dict[str, Any]) -> str:
    """The line of a table as a spreadsheet numbers it, or the place of a record from 1."""
    return str(one.get("row", one["index"] + 1))


def _show(report: Report) -> None:
    console = Console()
    console.print(f"已接收 {report.accepted} 条，退回 {len(report.rejected)} 条。", markup=False)
    for name, count in report.outcomes().items():
        console.print(f"  {_WORDS.get(name, name)}：{count}", markup=False)
    rows = [(_place(one), one["code"], one["message"]) for one in report.rejected]
    rows += [
        (_place(one), one.get("code", one["outcome"]), _WORDS[one["outcome"]])
        for items in report.items
        for one in items
        if one["outcome"] in _BAD
    ]
    if rows:
        table = Table("行", "代码", Column("说明", overflow="fold"))
        for number, code, message in rows[:SHOWN_ROWS]:
            table.add_row(number, str(code), str(message))
        console.print(table)
    if len(rows) > SHOWN_ROWS:
        console.print(f"另有 {len(rows) - SHOWN_ROWS} 行；用 --json 看全部。", markup=False)
    for receipt, _ in report.receipts:
        console.print(f"回执 {receipt}", markup=False)
