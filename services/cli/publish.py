"""`fangpin publish FEED FILE`: send a file, wait for what became of every record, say it by row."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from fangpin.domain.feeds import FEEDS

app = typer.Typer(add_completion=False)
EXIT_CALL_WRONG = 2
EXIT_SOME_UNUSED = 3
WAIT_S = 60.0
TIMEOUT = httpx.Timeout(600, connect=5)
JSON_RECORDS = 5_000  # records a request
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
    data: Annotated[Path, typer.Option(help="the hub's data directory")] = Path(".fangpin"),
    credentials: Annotated[Path | None, typer.Option(help="instead of DIR/credentials.json")] = None,
    county: Annotated[str | None, typer.Option(help="six digits; needed when the hub has several")] = None,
    department: Annotated[str | None, typer.Option(help="slug of the sending department")] = None,
    baseline: Annotated[bool, typer.Option(help="stock of past years: warnings without notices")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the report as one JSON object")] = False,
) -> None:
    """Exit 0 when every record was used, 3 when some were not, 2 when nothing could be sent."""
    if feed not in FEEDS:
        raise _wrong(f"没有 {feed} 这一类数据。可用的是：{'、'.join(FEEDS)}。")
    access = _access(credentials or data / "credentials.json")
    batches = _batches(file)
    code = county or _county_of(batches, access)
    headers = {"Authorization": f"Bearer {_token(access, feed, code, department)}"}
    with httpx.Client(base_url=access["url"], headers=headers, timeout=TIMEOUT, trust_env=False) as client:
        try:
            report = _send(client, feed, batches, baseline)
        except httpx.HTTPError as error:
            raise _wrong(f"{access['url']} 连不上（{type(error).__name__}）。请先运行 fangpin up。") from error
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        _show(report)
    if report["rejected"] or any(report["outcomes"].get(name) for name in _BAD):
        raise typer.Exit(EXIT_SOME_UNUSED)


def _wrong(message: str) -> typer.Exit:
    errors.print(message, markup=False)
    return typer.Exit(EXIT_CALL_WRONG)


def _access(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise _wrong(f"{path} 打不开。请用 --data 或 --credentials 指明，或先运行 fangpin up。") from None
    return found


Batch = tuple[int, bytes | list[Any]]  # the index of its first record, and a whole file or records


def _batches(path: Path) -> list[Batch]:
    """A table as it is; records in portions."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _wrong(f"{path}：打不开（{error.strerror}）。请检查路径。") from error
    if path.suffix.lower() not in (".json", ".ndjson", ".jsonl"):
        return [(0, content)]
    try:
        records = list(_records(path, content))
    except (ValueError, RecursionError):
        raise _wrong(f"{path}：不是有效的 JSON 或 NDJSON。") from None
    return [(start, records[start : start + JSON_RECORDS]) for start in range(0, len(records), JSON_RECORDS)] or [
        (0, [])
    ]


def _records(path: Path, content: bytes) -> Iterator[Any]:
    """Numbers stay as they were written, so that no amount changes on the way."""
    text = content.decode("utf-8")
    if path.suffix.lower() == ".json":
        whole = json.loads(text, parse_float=str)
        yield from whole["records"] if isinstance(whole, dict) and "records" in whole else whole
        return
    for line in text.split("\n"):
        if line.strip():
            yield json.loads(line, parse_float=str)


def _county_of(batches: list[Batch], access: dict[str, Any]) -> str | None:
    """The county that the records name, or the hub's only one; None when it has to be said."""
    named = {
        record.get("county_code")
        for _, batch in batches
        if isinstance(batch, list)
        for record in batch
        if isinstance(record, dict)
    }
    if len(named) == 1:
        (only,) = named
        return only if isinstance(only, str) else None
    counties = {one["county"] for one in access["tokens"] if "county" in one}
    return counties.pop() if len(counties) == 1 else None


def _token(access: dict[str, Any], feed: str, county: str | None, department: str | None) -> str:
    senders = [department] if department else list(FEEDS[feed].departments)
    for sender in senders:
        for one in access["tokens"]:
            if sender == "hub" and one.get("role") == "operator":
                return str(one["token"])
            if one.get("department") == sender and one.get("county") == county:
                return str(one["token"])
    counties = sorted({one["county"] for one in access["tokens"] if "county" in one})
    raise _wrong(
        f"没有合适的令牌（县区 {county or '未指明'}，部门 {'、'.join(senders)}）。"
        f"请用 --county 指明县区：{'、'.join(counties)}，或用 --department 指明部门。"
    )


def _send(client: httpx.Client, feed: str, batches: list[Batch], baseline: bool) -> dict[str, Any]:
    report: dict[str, Any] = {"feed": feed, "receipts": [], "accepted": 0, "rejected": [], "items": [], "outcomes": {}}
    query = {"baseline": "true"} if baseline else {}
    with Progress(console=errors, transient=True) as progress:
        sending = progress.add_task("发送", total=len(batches))
        for start, batch in batches:
            if isinstance(batch, bytes):
                answer = client.post(f"/api/v1/feeds/{feed}/files", files={"file": ("file", batch)}, params=query)
            else:
                answer = client.post(f"/api/v1/feeds/{feed}/records", json={"records": batch}, params=query)
            _take(report, start, answer)
            progress.advance(sending)
        waiting = progress.add_task("处理", total=report["accepted"] or None)
        deadline = time.monotonic() + WAIT_S
        while True:
            report["items"] = [one for receipt in report["receipts"] for one in _outcomes(client, *receipt)]
            report["outcomes"] = dict(Counter(one["outcome"] for one in report["items"]))
            pending = report["outcomes"].get("pending", 0)
            progress.update(waiting, completed=report["accepted"] - pending)
            if not pending or time.monotonic() > deadline:
                break
            time.sleep(0.5)
    report["receipts"] = [receipt for receipt, _ in report["receipts"]]
    return report


def _take(report: dict[str, Any], start: int, answer: httpx.Response) -> None:
    body = answer.json()
    if answer.status_code not in (202, 422) or "rejected" not in body:
        raise _wrong(f"{body.get('code')}：{body.get('detail')}")
    report["receipts"].append((body["receipt_id"], start))
    report["accepted"] += body["accepted"]
    report["rejected"] += [one | {"index": one["index"] + start} for one in body["rejected"]]


def _outcomes(client: httpx.Client, receipt: str, start: int) -> Iterator[dict[str, Any]]:
    cursor = "0"
    while cursor is not None:
        page = client.get(f"/api/v1/receipts/{receipt}", params={"cursor": cursor}).raise_for_status().json()
        yield from (one | {"index": one["index"] + start} for one in page["outcomes"])
        cursor = page["next"]


def _show(report: dict[str, Any]) -> None:
    console = Console()
    console.print(f"已接收 {report['accepted']} 条，退回 {len(report['rejected'])} 条。", markup=False)
    for name, count in report["outcomes"].items():
        console.print(f"  {_WORDS.get(name, name)}：{count}", markup=False)
    rows = [(one.get("row", one["index"] + 1), one["code"], one["message"]) for one in report["rejected"]]
    rows += [
        (one["index"] + 1, one.get("code", one["outcome"]), _WORDS[one["outcome"]])
        for one in report["items"]
        if one["outcome"] in _BAD
    ]
    if rows:
        table = Table("行", "代码", "说明")
        for number, code, message in rows[:SHOWN_ROWS]:
            table.add_row(str(number), str(code), str(message))
        console.print(table)
    if len(rows) > SHOWN_ROWS:
        console.print(f"另有 {len(rows) - SHOWN_ROWS} 行；用 --json 看全部。", markup=False)
    for receipt in report["receipts"]:
        console.print(f"回执 {receipt}", markup=False)
