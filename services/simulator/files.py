"""Departments' files as they come in life: title rows, Chinese columns, dates as 2021年7月5日, GB18030."""

import csv
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import xlsxwriter

from fangpin.domain.feeds import FEEDS, Feed, Field

COMMON = (("记录编号", "record_id"), ("修订号", "revision"), ("县区代码", "county_code"), ("上报时间", "reported_at"))
SUBJECT = (("姓名", "name"), ("身份证号", "id_number"), ("户编号", "household_no"))


def write_ndjson(path: Path, records: Iterable[dict[str, Any]]) -> int:
    """One JSON object a line; returns how many."""
    encoder, count = msgspec.json.Encoder(), 0
    with path.open("wb") as file:
        for record in records:
            file.write(encoder.encode(record) + b"\n")
            count += 1
    return count


def write_csv(path: Path, feed_slug: str, records: Iterable[dict[str, Any]]) -> int:
    """A list with a title line, in GB18030, as spreadsheets of county offices save it."""
    feed, count = FEEDS[feed_slug], 0
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"{feed.title}报送表"])
        writer.writerow(_columns(feed))
        for record in records:
            writer.writerow(_cells(feed, record, lambda day: f"{day.year}年{day.month}月{day.day}日"))
            count += 1
    return count


def write_xlsx(path: Path, feed_slug: str, records: Iterable[dict[str, Any]]) -> int:
    """The same as a workbook, with real date cells."""
    feed, count = FEEDS[feed_slug], 0
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy/m/d"}) as book:
        sheet = book.add_worksheet("报送")
        sheet.write_row(0, 0, [f"{feed.title}报送表"])
        sheet.write_row(1, 0, _columns(feed))
        for record in records:
            for column, cell in enumerate(_cells(feed, record, lambda day: day)):
                if isinstance(cell, date):
                    sheet.write_datetime(count + 2, column, cell)
                else:
                    sheet.write_string(count + 2, column, str(cell))
            count += 1
    return count


def _columns(feed: Feed) -> list[str]:
    return [column for column, _ in (*COMMON, *SUBJECT)] + [field.column for field, _ in _places(feed)]


def _places(feed: Feed) -> list[tuple[Field, str | None]]:
    """The feed's own columns, each with the object of which it is a part."""
    return [
        place
        for field in feed.fields
        for place in ([(part, field.name) for part in field.parts] if field.parts else [(field, None)])
    ]


def _cells(feed: Feed, record: dict[str, Any], write_date: Callable[[date], object]) -> list[object]:
    cells: list[object] = [record[name] for _, name in COMMON]
    cells += [record["subject"].get(name, "") for _, name in SUBJECT]
    for field, whole in _places(feed):
        value = (record if whole is None else record.get(whole) or {}).get(field.name)
        if value is None:
            cells.append("")
        elif field.kind in ("date", "until"):
            cells.append(write_date(date.fromisoformat(value)))
        elif isinstance(value, list):
            cells.append("、".join(field.label(one) for one in value))
        else:
            cells.append(field.label(value))
    return cells
