"""From the cells of a file's row to a raw record: Chinese columns and labels to names and slugs, cells to JSON values.

What cannot be converted is handed on as it is, so that `parse_record` names the fault as for any other record.
Cells are text (CSV) or what a spreadsheet holds: text, float, bool, datetime, date.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from types import MappingProxyType

from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.errors import refuse
from fangpin.domain.feeds.base import Feed, Field
from fangpin.domain.feeds.household_register import MEMBER_FIELDS

Cell = object
COMMON_COLUMNS = {
    "记录编号": "record_id",
    "修订号": "revision",
    "状态": "status",
    "县区代码": "county_code",
    "发生日期": "occurred_on",
    "上报时间": "reported_at",
}
SUBJECT_COLUMNS = {"姓名": "name", "身份证号": "id_number", "户编号": "household_no"}
_STATUS = {"有效": "active", "撤回": "withdrawn"}
_YES = {"是": "true", "否": "false"}
_BOOLEANS = {"true": True, "false": False}
_DAY = re.compile(r"([0-9]{4})(?:/([0-9]{1,2})/([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)")
_MONTH = re.compile(r"([0-9]{4})(?:/([0-9]{1,2})|年([0-9]{1,2})月)")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+1[0-9]", re.IGNORECASE)
_SEPARATORS = re.compile(r"[、,，;；]")
_EXACT = 10**15  # spreadsheets keep fifteen digits of a number


@cache
def columns(feed: Feed) -> Mapping[str, Field | None]:
    """Every column that a file of this feed may have; None for the common ones."""
    found: dict[str, Field | None] = dict.fromkeys(COMMON_COLUMNS)
    if feed.subject != "none":
        found |= dict.fromkeys(SUBJECT_COLUMNS)
    if feed.role == "register":
        del found["姓名"], found["身份证号"]
        found |= {one.column: one for one in MEMBER_FIELDS}
    return MappingProxyType(found | {one.column: one for one in _fields(feed)})


def _fields(feed: Feed) -> list[Field]:
    """The feed's own fields that are columns; an object's parts stand in its place."""
    return [
        one
        for field in feed.fields
        if field.kind != "members" and not field.hub_filled
        for one in (field.parts if field.kind == "object" else (field,))
    ]


def missing_columns(feed: Feed, header: set[str]) -> list[str]:
    """The columns without which no row can be used."""
    optional = {part.column for one in feed.fields if not one.required for part in one.parts}
    fields = [one for one in _fields(feed) if one.column not in optional]
    fields += MEMBER_FIELDS if feed.role == "register" else ()
    wanted = [one.column for one in fields if one.required and one.column not in header]
    if feed.own_date == "occurred_on" and "发生日期" not in header:
        wanted.append("发生日期")
    if feed.subject == "required" and not header & {"身份证号", "户编号"}:
        wanted.append("身份证号")
    return wanted


@cache
def id_columns(feed: Feed) -> frozenset[str]:
    """Columns whose cells must be text: as numbers they have lost digits already."""
    return frozenset(
        column
        for column, field in columns(feed).items()
        if column == "身份证号" or (field is not None and (field.kind == "id" or field.long_number))
    )


def lost_digits(cell: Cell) -> bool:
    """Whether an identity number in this cell went through a number, so that its last digits are gone."""
    if isinstance(cell, bool):
        return False
    return isinstance(cell, (int, float)) or (isinstance(cell, str) and _SCIENTIFIC.fullmatch(cell.strip()) is not None)


def raw_from_cells(feed: Feed, cells: Mapping[str, Cell]) -> dict[str, object]:
    """The raw record of one row, empty cells left out; of the register, a record with one member.

    Raises `Refused` `ID_COLUMN_NUMERIC` when an identity number is a number.
    """
    known = columns(feed)
    raw: dict[str, object] = {}
    subject: dict[str, object] = {}
    member: dict[str, object] = {}
    objects: dict[str, dict[str, object]] = {}
    places = {part.column: objects.setdefault(one.name, {}) for one in feed.fields for part in one.parts}
    if feed.role == "register":
        places |= {one.column: member for one in MEMBER_FIELDS}
    numeric = id_columns(feed)
    for column, cell in cells.items():
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        if column in numeric and lost_digits(cell):
            message = f"“{column}”是数字格式，末位已经丢失。请把该列设为文本后重新导出。"
            raise refuse("ID_COLUMN_NUMERIC", column, message)
        own = known.get(column)
        if own is not None:
            places.get(column, raw)[own.name] = _value(own, cell)
        elif column in COMMON_COLUMNS:
            raw[COMMON_COLUMNS[column]] = _common(column, cell)
        elif column in SUBJECT_COLUMNS:
            subject[SUBJECT_COLUMNS[column]] = _text(cell)
    if subject:
        raw["subject"] = subject
    if member:
        raw["members"] = [member]
    return raw | {name: parts for name, parts in objects.items() if parts}


def _common(column: str, cell: Cell) -> object:
    if column == "修订号":
        return _integer(cell)
    if column == "发生日期":
        return _day(cell)
    if column == "上报时间":
        if isinstance(cell, datetime):
            return (cell if cell.tzinfo else cell.replace(tzinfo=SHANGHAI)).isoformat()
        return cell.strip() if isinstance(cell, str) else cell
    text = _text(cell)
    return _STATUS.get(str(text), text) if column == "状态" else text


def _value(field: Field, cell: Cell) -> object:
    match field.kind:
        case "date" | "until" | "member_date":
            return _day(cell)
        case "month":
            return _month(cell)
        case "bool":
            return _boolean(field, cell)
        case "int":
            return _labelled_integer(field, cell)
        case "year":
            return _integer(cell.strip().removesuffix("年") if isinstance(cell, str) else cell)
        case "money" | "quantity":
            return cell.strip() if isinstance(cell, str) else _money(cell)
        case "enum":
            return _slug(field, cell)
        case "enum_list":
            return [_slug(field, one) for one in _parts(cell)]
        case "int_list":
            return [_labelled_integer(field, one) for one in _parts(cell)]
        case _:
            return _text(cell)


def _text(cell: Cell) -> object:
    """Text; a whole number that a spreadsheet made of a code is its digits again, while it still has them all."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == int(cell) and abs(cell) < _EXACT:
        return str(int(cell))
    return cell.strip() if isinstance(cell, str) else cell


def _day(cell: Cell) -> object:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if (cell.hour, cell.minute, cell.second) == (0, 0, 0) else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        found = _DAY.fullmatch(cell.strip())
        if found:
            year, *parts = (int(one) for one in found.groups() if one is not None)
            return f"{year:04}-{parts[0]:02}-{parts[1]:02}"
        return cell.strip()
    return cell


def _month(cell: Cell) -> object:
    if isinstance(cell, date):
        return f"{cell:%Y-%m}"
    if isinstance(cell, str):
        found = _MONTH.fullmatch(cell.strip())
        if found:
            year, month = (int(one) for one in found.groups() if one is not None)
            return f"{year:04}-{month:02}"
        return cell.strip()
    return cell


def _integer(cell: Cell) -> object:
    if isinstance(cell, float) and cell == int(cell):
        return int(cell)
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", cell).strip()
        return int(text) if _WHOLE.fullmatch(text) else cell
    return cell


def _boolean(field: Field, cell: Cell) -> object:
    if not isinstance(cell, str):
        return cell
    text = unicodedata.normalize("NFKC", cell).strip().lower()
    return _BOOLEANS.get(field.labels.get(text) or _YES.get(text, text), cell)


def _labelled_integer(field: Field, cell: Cell) -> object:
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", cell).strip()
        return _integer(field.labels.get(text, text))
    return _integer(cell)


def _money(cell: Cell) -> object:
    """A float as the spreadsheet shows it: fifteen digits, so that 0.1 + 0.2 is 0.3."""
    if isinstance(cell, float):
        return format(cell, ".15g")
    return cell


def _slug(field: Field, cell: Cell) -> object:
    if not isinstance(cell, str):
        return cell
    text = unicodedata.normalize("NFKC", cell).strip()
    return field.labels.get(text, text)


def _parts(cell: Cell) -> list[Cell]:
    if isinstance(cell, str):
        return [one for one in _SEPARATORS.split(cell) if one.strip()]
    return [cell]
