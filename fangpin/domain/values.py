"""One value of one field: from what JSON or Avro hold to the type that the domain uses, or why it cannot be.

Every parser takes the field, the value and the place's name, and either returns a value or raises `Refused`.
Text comes back as `str`, money as `Decimal` with two places, dates as `date`, lists as sorted tuples.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from uuid import UUID

from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.errors import Refused, refuse
from fangpin.domain.feeds.base import Field
from fangpin.domain.identity import normalise_id
from fangpin.domain.text import MAX_TEXT, text_problem

EARLIEST = date(1990, 1, 1)
EARLIEST_MEMBER = date(1900, 1, 1)  # people joined their households before there were records to send
LATEST = date(2100, 12, 31)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FAR_DATE = re.compile(r"[+-]?[0-9]{5,}-|-?inf|-[0-9]", re.IGNORECASE)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?")
_MONEY = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,2})?")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
_CENT = Decimal("0.01")


class Context:
    """What the values of one record are judged against, and the notes that come up on the way."""

    __slots__ = ("latest", "notes", "today")

    def __init__(self, today: date, latest: date) -> None:
        self.today = today
        self.latest = latest
        self.notes: set[str] = set()


def parse_text(field: Field, value: object, place: str, context: Context) -> str | None:
    if not isinstance(value, str):
        raise refuse("TYPE", place, f"“{field.column}”应为文字。")
    problem = text_problem(value, place, int(field.limit or MAX_TEXT))
    if problem is not None:
        raise Refused(problem)
    return value.strip() or None


def parse_day(value: object, place: str, column: str, first: date, last: date) -> date:
    """A civil date between two days, both included."""
    if isinstance(value, str):
        if not _DATE.fullmatch(value):
            if _FAR_DATE.match(value):
                raise refuse("TIME_RANGE", place, f"“{column}”不在{first}至{last}之间，请核对日期。")
            raise refuse("DATE_FORMAT", place, f"“{column}”应写成 2021-07-05 这样的日期。")
        text = value
        try:
            value = date.fromisoformat(text)
        except ValueError:
            if text.startswith("0000"):
                raise refuse("TIME_RANGE", place, f"“{column}”不在{first}至{last}之间，请核对日期。") from None
            raise refuse("DATE_FORMAT", place, f"“{column}”没有这一天，请核对日期。") from None
    elif not isinstance(value, date) or isinstance(value, datetime):
        raise refuse("DATE_FORMAT", place, f"“{column}”应写成 2021-07-05 这样的日期。")
    if not first <= value <= last:
        raise refuse("TIME_RANGE", place, f"“{column}”不在{first}至{last}之间，请核对日期。")
    return value


def parse_date(field: Field, value: object, place: str, context: Context) -> date:
    return parse_day(value, place, field.column, EARLIEST, context.latest)


def parse_until(field: Field, value: object, place: str, context: Context) -> date:
    return parse_day(value, place, field.column, EARLIEST, LATEST)


def parse_member_date(field: Field, value: object, place: str, context: Context) -> date:
    return parse_day(value, place, field.column, EARLIEST_MEMBER, LATEST)


def parse_month(field: Field, value: object, place: str, context: Context) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", value):
        raise refuse("DATE_FORMAT", place, f"“{field.column}”应写成 2021-07 这样的月份。")
    if not EARLIEST.year <= int(value[:4]) <= LATEST.year:
        raise refuse("TIME_RANGE", place, f"“{field.column}”的年份不合理，请核对。")
    return value


def parse_year(field: Field, value: object, place: str, context: Context) -> int:
    """A calendar year, as a number or as four digits."""
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9]{4}", text):
        raise refuse("DATE_FORMAT", place, f"“{field.column}”应写成 2021 这样的年份。")
    if not EARLIEST.year <= int(text) <= LATEST.year:
        raise refuse("TIME_RANGE", place, f"“{field.column}”的年份不合理，请核对。")
    return int(text)


def parse_bool(field: Field, value: object, place: str, context: Context) -> bool:
    if not isinstance(value, bool):
        raise refuse("TYPE", place, f"“{field.column}”应为是或否（true / false）。")
    return value


def parse_int(field: Field, value: object, place: str, context: Context) -> int:
    if field.labels and isinstance(value, str) and not value.isdigit():
        raise refuse("ENUM", place, f"“{field.column}”应为其中之一：{'、'.join(field.choices() or field.labels)}。")
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse("TYPE", place, f"“{field.column}”应为整数。")
    if field.least <= value and (field.limit is None or value <= field.limit):
        return value
    if value < 0 and not field.labels:
        raise refuse("NUM_NEGATIVE", place, f"“{field.column}”不能是负数。")
    code = "ENUM" if field.labels else "AMOUNT_IMPLAUSIBLE"
    raise refuse(code, place, f"“{field.column}”应在{field.least}至{field.limit}之间，请核对。")


def parse_money(field: Field, value: object, place: str, context: Context) -> Decimal:
    """Two places, in the field's unit. Raises for words, separators, more decimals, and amounts beyond the limit."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise refuse("TYPE", place, f'“{field.column}”应为数字，例如 "6000.00"。')
    text = str(value)
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        if text != value:
            context.notes.add("NORMALISED")
    if _NOT_FINITE.fullmatch(text):
        raise refuse("NUM_NOT_FINITE", place, f"“{field.column}”不是有限的数。")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise _number_format(field, place) from None
    if amount.adjusted() > 307:
        raise refuse("NUM_NOT_FINITE", place, f"“{field.column}”不是有限的数。")
    if isinstance(value, str) and not _MONEY.fullmatch(text):
        raise _number_format(field, place)
    if amount < 0:
        raise refuse("NUM_NEGATIVE", place, f"“{field.column}”不能是负数；退费请以更高修订号更正原记录。")
    if field.limit is not None and amount > field.limit:
        message = f"“{field.column}”超过{field.limit}{field.unit}，请核对单位是否弄混（例如元与万元）。"
        raise refuse("AMOUNT_IMPLAUSIBLE", place, message)
    exact = amount.quantize(_CENT)
    if exact != amount:
        raise _number_format(field, place)
    return exact


def _number_format(field: Field, place: str) -> Refused:
    message = f"“{field.column}”应为以{field.unit}计、最多两位小数的数字，不带千分号、单位或大写。"
    return refuse("NUM_FORMAT", place, message)


def parse_enum(field: Field, value: object, place: str, context: Context) -> str:
    if isinstance(value, str):
        slug = value if value in field.symbols else value.replace("_", "-")
        if slug in field.symbols:
            return slug
    raise refuse("ENUM", place, f"“{field.column}”应为其中之一：{'、'.join(_choices(field))}。")


def _choices(field: Field) -> list[str]:
    return [slug if (label := field.label(slug)) == slug else f"{slug}（{label}）" for slug in field.symbols]


def parse_enum_list(field: Field, value: object, place: str, context: Context) -> tuple[str, ...] | None:
    if not isinstance(value, (list, tuple)):
        raise refuse("TYPE", place, f"“{field.column}”应为列表。")
    return tuple(sorted({parse_enum(field, one, place, context) for one in value})) or None


def parse_int_list(field: Field, value: object, place: str, context: Context) -> tuple[int, ...] | None:
    if not isinstance(value, (list, tuple)):
        raise refuse("TYPE", place, f"“{field.column}”应为列表。")
    return tuple(sorted({parse_int(field, one, place, context) for one in value})) or None


def parse_code(field: Field, value: object, place: str, context: Context) -> str:
    if not isinstance(value, str) or not re.fullmatch(field.pattern or "", value):
        raise refuse("TYPE", place, f"“{field.column}”的位数或写法不对，请核对代码。")
    return value


def parse_id(field: Field, value: object, place: str, context: Context) -> str:
    if not isinstance(value, str):
        raise refuse("TYPE", place, "身份证号应为文字。")
    number, changed = normalise_id(value, context.today, place)
    if changed:
        context.notes.add("NORMALISED")
    return number


def parse_uuid(field: Field, value: object, place: str, context: Context) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise refuse("TYPE", place, f"“{field.column}”不是有效的编号。") from None


def parse_instant(value: object, place: str, now: datetime) -> datetime:
    """RFC 3339 with an offset, from 1990 to a day after the hub's clock."""
    if isinstance(value, str):
        try:
            text = value.upper()  # RFC 3339 allows t and z
            value = datetime.fromisoformat(text) if _INSTANT.fullmatch(text) else None
        except ValueError:
            value = None
    if not isinstance(value, datetime):
        raise refuse("DATE_FORMAT", place, "“上报时间”应写成 2021-11-01T10:00:00+08:00 这样的时间。")
    if value.tzinfo is None:
        raise refuse("TIME_ZONE", place, "“上报时间”须带时区，例如 +08:00。")
    if value.year < EARLIEST.year or value > now + timedelta(days=1):
        raise refuse("TIME_RANGE", place, "“上报时间”早于1990年或晚于当前时间一天以上，请核对系统时钟。")
    return value


def shanghai_day(instant: datetime) -> date:
    """The civil date of an instant."""
    return instant.astimezone(SHANGHAI).date()


Parser = Callable[[Field, object, str, Context], object]

PARSERS: dict[str, Parser] = {
    "text": parse_text,
    "date": parse_date,
    "until": parse_until,
    "member_date": parse_member_date,
    "month": parse_month,
    "year": parse_year,
    "bool": parse_bool,
    "int": parse_int,
    "money": parse_money,
    "quantity": parse_money,
    "enum": parse_enum,
    "enum_list": parse_enum_list,
    "int_list": parse_int_list,
    "code": parse_code,
    "area": parse_code,
    "id": parse_id,
    "uuid": parse_uuid,
}
