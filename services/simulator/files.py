"""Departments' files as they come in life: title rows, Chinese columns, dates as 2021年7月5日, GB18030."""

import csv
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import xlsxwriter

from fangpin.domain.feeds import FEEDS, Feed, Field
from fangpin.domain.feeds.cells import COMMON_COLUMNS, SUBJECT_COLUMNS, columns


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
    """Every column that the records fill; 发生日期 only where the feed has no date of its own."""
    return [name for name in columns(feed) if name != "发生日期" or feed.own_date == "occurred_on"]


def _cells(feed: Feed, record: dict[str, Any], write_date: Callable[[date], object]) -> list[object]:
    known = columns(feed)
    wholes = {part.column: field.name for field in feed.fields for part in field.parts}
    cells: list[object] = []
    for column in _columns(feed):
        field = known[column]
        if field is not None:
            whole = wholes.get(column)
            own = record if whole is None else record.get(whole) or {}
            cells.append(_cell(field, own.get(field.name), write_date))
        elif column in SUBJECT_COLUMNS:
            cells.append(record["subject"].get(SUBJECT_COLUMNS[column], ""))
        elif column == "发生日期":
            cells.append(write_date(date.fromisoformat(record["occurred_on"])))
        else:
            cells.append(record[COMMON_COLUMNS[column]])
    return cells


def _cell(field: Field, value: object, write_date: Callable[[date], object]) -> object:
    if value is None:
        return ""
    if isinstance(value, str) and field.kind in ("date", "until"):
        return write_date(date.fromisoformat(value))
    if isinstance(value, list):
        return "、".join(field.label(one) for one in value)
    return field.label(value)
