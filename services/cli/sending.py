"""A file on its way to intake: cut into uploads, sent with its progress, followed until nothing is pending."""

import io
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from fangpin.strict_json import NotJson, decode, decode_lines

RECORDS = 5_000  # a request: well under intake's 32 MiB
WAIT_S = 60.0  # without any progress; what is pending then is told as pending
LOOK_S = 0.5
PAGE = 1_000
TIMEOUT = httpx.Timeout(600, connect=5)
Advance = Callable[[int], None]


class CannotSend(Exception):
    """Why nothing could be sent, in Chinese."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One request: a whole table, or lines or records from `start` on."""

    start: int
    content: bytes
    media_type: str | None  # None: a table, sent as a file


@dataclass(slots=True)
class Report:
    """What became of a file: (receipt, index of its first record), and the outcomes of each receipt."""

    receipts: list[tuple[str, int]] = field(default_factory=list)
    accepted: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    items: list[list[dict[str, Any]]] = field(default_factory=list)

    def outcomes(self) -> dict[str, int]:
        """How many of each."""
        return dict(Counter(one["outcome"] for items in self.items for one in items))


def uploads(path: Path) -> list[Upload]:
    """The requests of a file. Raises `CannotSend`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CannotSend(f"{path}：打不开（{error.strerror}）。请检查路径。") from error
    match path.suffix.lower():
        case ".ndjson" | ".jsonl":
            lines = [line for line in content.split(b"\n") if line.strip()]
            return [
                Upload(start, b"\n".join(lines[start : start + RECORDS]), "application/x-ndjson")
                for start in range(0, max(len(lines), 1), RECORDS)
            ]
        case ".json":
            records = _records(path, content)
            return [
                Upload(start, _json({"records": records[start : start + RECORDS]}), "application/json")
                for start in range(0, max(len(records), 1), RECORDS)
            ]
        case _:
            return [Upload(0, content, None)]


def _records(path: Path, content: bytes) -> list[Any]:
    try:
        whole = decode(content)
    except NotJson as error:
        raise CannotSend(f"{path}：不是有效的 JSON（{error}）。") from None
    records = whole.get("records") if isinstance(whole, dict) else whole
    if not isinstance(records, list):
        raise CannotSend(f'{path}：应为记录的列表，或 {{"records": […]}}。')
    return records


def _json(value: object) -> bytes:
    """Amounts as they were written: a decimal as text."""

    def text(one: object) -> str:
        assert isinstance(one, Decimal)
        return str(one)

    return json.dumps(value, ensure_ascii=False, default=text).encode()


def counties(found: list[Upload]) -> set[str]:
    """The counties that records name; none for a table."""
    named: set[str] = set()
    for one in found:
        records: Any = ()
        if one.media_type == "application/x-ndjson":
            records = decode_lines(one.content)
        elif one.media_type == "application/json":
            records = json.loads(one.content)["records"]
        named |= {raw["county_code"] for raw in records if isinstance(raw, dict) and _is_code(raw.get("county_code"))}
    return named


def _is_code(value: object) -> bool:
    return isinstance(value, str) and len(value) == 6 and value.isdigit()


class _Counted(io.BytesIO):
    """Bytes that tell how far they were read."""

    def __init__(self, content: bytes, advance: Advance) -> None:
        super().__init__(content)
        self._advance = advance

    def read(self, size: int | None = -1) -> bytes:
        chunk = super().read(size)
        self._advance(len(chunk))
        return chunk


def send(client: httpx.Client, feed: str, one: Upload, query: dict[str, str], advance: Advance, report: Report) -> None:
    """Send one upload and add what intake said of it. Raises `CannotSend` for an answer about no record."""
    body = _Counted(one.content, advance)
    if one.media_type is None:
        answer = client.post(f"/api/v1/feeds/{feed}/files", files={"file": ("file", body)}, params=query)
    else:
        headers = {"Content-Type": one.media_type, "Content-Length": str(len(one.content))}
        chunks = iter(lambda: body.read(65_536), b"")
        answer = client.post(f"/api/v1/feeds/{feed}/records", content=chunks, headers=headers, params=query)
    said = answer.json()
    if answer.status_code != 202 and not said.get("rejected"):
        raise CannotSend(f"{said.get('code')}：{said.get('detail')}")
    report.receipts.append((said["receipt_id"], one.start))
    report.accepted += said["accepted"]
    report.rejected += [bad | {"index": bad["index"] + one.start} for bad in said["rejected"]]
    report.items.append([])


def follow(client: httpx.Client, report: Report, settled: Callable[[int], None]) -> None:
    """Ask for the outcomes until none is pending, or nothing has moved for a while."""
    deadline = time.monotonic() + WAIT_S
    before = -1
    while True:
        for (receipt, start), items in zip(report.receipts, report.items, strict=True):
            _refresh(client, receipt, start, items)
        pending = report.outcomes().get("pending", 0)
        settled(report.accepted - pending)
        if pending != before:
            before, deadline = pending, time.monotonic() + WAIT_S
        if not pending or time.monotonic() >= deadline:
            return
        time.sleep(LOOK_S)


def _refresh(client: httpx.Client, receipt: str, start: int, items: list[dict[str, Any]]) -> None:
    """Read a receipt again from the first page on which something was pending."""
    pending = next((place for place, one in enumerate(items) if one["outcome"] == "pending"), len(items))
    first = pending - pending % PAGE
    del items[first:]
    items.extend(one | {"index": one["index"] + start} for one in _pages(client, receipt, first))


def _pages(client: httpx.Client, receipt: str, first: int) -> Iterator[dict[str, Any]]:
    cursor: str | None = str(first)
    while cursor is not None:
        answer = client.get(f"/api/v1/receipts/{receipt}", params={"cursor": cursor, "limit": str(PAGE)})
        page = answer.raise_for_status().json()
        yield from page["outcomes"]
        # Further pages hold rejections alone, which the upload's answer told in full.
        cursor = page["next"] if len(page["outcomes"]) == PAGE else None
