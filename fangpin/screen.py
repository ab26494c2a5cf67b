"""The records of a batch that are plainly right, judged by columns.

`plain_records` gives for each payload either the very record that `parse_record` makes of it, when that finds no fault
and nothing to note, or None: then the caller goes the slow way, which names the fault or the note. The screen may be
narrower than the rules of `fangpin.domain.values`, never wider; `tests/property/test_screen.py` holds it to that.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl

from fangpin.avro_columns import decode_columns
from fangpin.domain.feeds import Feed, Field
from fangpin.domain.feeds.base import no_check
from fangpin.domain.identity import MAX_AGE_YEARS
from fangpin.domain.records import MAX_RECORD_ID, MAX_REVISION, Record, Subject
from fangpin.domain.text import MAX_TEXT
from fangpin.domain.values import EARLIEST, LATEST, shanghai_day

_DAY = timedelta(days=1)
# Ideographs, ASCII and the usual Chinese punctuation: nothing that is normalised, counted twice or refused.
_TEXT = r"^[\p{Han}!-~，。、；：（）《》“”‘’·—…]([\p{Han} -~，。、；：（）《》“”‘’·—…]*[\p{Han}!-~，。、；：（）《》“”‘’·—…])?$"
_RECORD_ID = r"^[A-Za-z0-9._:/-]+$"
_LONG_NUMBER = r"[0-9]{17}"  # perhaps an identity number
_IDENTITY = r"^[0-9]{17}[0-9X]$"
_CHECK_CHARACTERS = tuple("10X98765432")
_NUMBERED = frozenset({"int", "money"})
_SCREENED = _NUMBERED | {"text", "date", "until", "month", "bool", "enum", "enum_list", "int_list", "code"}
_MOST_MONEY = Decimal(10) ** 12 - 1


def plain_records(feed: Feed, payloads: Sequence[bytes | None], now: datetime) -> list[Record | None]:
    """One entry a payload; `now` is the hub's clock, against which dates are judged."""
    found: list[Record | None] = [None] * len(payloads)
    if feed.role != "fact" or any(field.kind not in _SCREENED or field.growing for field in feed.fields):
        return found
    decoded = decode_columns(f"feed.{feed.slug}", payloads)
    if decoded is None:
        return found
    frame, indexes = decoded
    frame = frame.unnest("subject")
    plain = frame.select(_screen(feed, now).alias("plain"))["plain"].fill_null(value=False).to_list()
    for index, is_plain, record in zip(indexes, plain, _records(feed, frame), strict=True):
        if is_plain and record is not None:
            found[index] = record
    return found


def _records(feed: Feed, frame: pl.DataFrame) -> Iterator[Record | None]:
    """The rows as records; None where the feed's own rules between fields object."""
    names = [field.name for field in feed.fields]
    makers = [_maker(field) for field in feed.fields]
    columns = [
        values if maker is None else [maker(one) for one in values]
        for maker, values in zip(makers, (frame[name].to_list() for name in names), strict=True)
    ]
    own_date = feed.own_date if feed.own_date in names else None
    checked = feed.check is not no_check
    common = ("record_id", "revision", "county_code", "occurred_on", "reported_at", "name", "id_number", "household_no")
    rows = zip(*(frame[name].to_list() for name in common), zip(*columns, strict=True), strict=True)
    slug = feed.slug
    for record_id, revision, county, occurred_on, reported_at, name, number, household_no, values in rows:
        fields = dict(zip(names, values, strict=True))
        if checked and feed.check(fields):
            yield None
            continue
        yield Record(
            slug,
            record_id,
            revision,
            "active",
            county,
            fields[own_date] if own_date is not None else occurred_on,
            reported_at.replace(tzinfo=UTC),
            Subject(name, number, household_no),
            fields,
        )


def _maker(field: Field) -> Callable[[object], object] | None:
    """From what a column holds to what `parse_record` makes of it; None: they are the same."""
    if field.kind == "enum":
        slugs: dict[object, object] = dict(enumerate(field.symbols))
        slugs[None] = field.default
        return slugs.get
    if field.kind == "enum_list":
        symbols = dict(enumerate(field.symbols))
        return lambda values: (
            tuple(sorted({symbols.get(one, "") for one in values}))
            if isinstance(values, list) and values
            else field.default
        )
    if field.kind == "int_list":
        return lambda values: tuple(sorted(set(values))) if isinstance(values, list) and values else field.default
    if field.default is not None:
        return lambda value: field.default if value is None else value
    return None


def _screen(feed: Feed, now: datetime) -> pl.Expr:
    day = pl.col("reported_at").dt.convert_time_zone("Asia/Shanghai").dt.date()
    last = day + pl.duration(days=1)
    own = pl.lit(value=True)
    if feed.field(feed.own_date) is not None:
        own = pl.col("occurred_on").is_null() | (pl.col("occurred_on") == pl.col(feed.own_date))
    return pl.all_horizontal(
        pl.col("record_id").str.contains(_RECORD_ID) & ~pl.col("record_id").str.contains(_LONG_NUMBER),
        pl.col("record_id").str.len_chars() <= MAX_RECORD_ID,
        pl.col("revision").is_between(1, MAX_REVISION),
        pl.col("status") == 0,  # active
        pl.col("county_code").str.contains("^[0-9]{6}$"),
        pl.col("reported_at").is_between(datetime(EARLIEST.year, 1, 2, tzinfo=UTC), now + _DAY),
        own,
        _between("occurred_on", EARLIEST, last) | pl.col("occurred_on").is_null(),
        _between(feed.own_date, EARLIEST, last),
        _subject(feed, shanghai_day(now)),
        *(_field(field, last) for field in feed.fields),
    )


def _between(name: str, first: date, last: date | pl.Expr) -> pl.Expr:
    return pl.col(name).is_between(first, last)


def _text(name: str, limit: int) -> pl.Expr:
    return pl.col(name).str.contains(_TEXT) & (pl.col(name).str.len_chars() <= limit)


def _subject(feed: Feed, today: date) -> pl.Expr:
    named = pl.col("id_number").is_not_null() | pl.col("household_no").is_not_null()
    return pl.all_horizontal(
        named if feed.subject == "required" else ~named & pl.col("name").is_null(),
        pl.col("name").is_null() | _text("name", 100),
        pl.col("household_no").is_null()
        | (_text("household_no", 64) & ~pl.col("household_no").str.contains(_LONG_NUMBER)),
        pl.col("id_number").is_null() | _identity("id_number", today),
    )


def _identity(name: str, today: date) -> pl.Expr:
    """GB 11643: shape, a real date that is not ahead and not too long ago, the check character (ISO 7064 MOD 11-2)."""
    text = pl.col(name)
    shape = text.str.contains(_IDENTITY)
    number = text.str.slice(0, 17).str.to_integer(strict=False, dtype=pl.Int64)
    born = text.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    weighed = sum((number // 10 ** (16 - place) % 10 * (2 ** (17 - place) % 11) for place in range(17)), pl.lit(0))
    check = (weighed % 11).replace_strict(dict(enumerate(_CHECK_CHARACTERS)), default=None, return_dtype=pl.String)
    youngest_year = date(today.year - MAX_AGE_YEARS, 1, 1)
    return shape & born.is_between(youngest_year, today) & (text.str.slice(17, 1) == check)


def _field(field: Field, last: pl.Expr) -> pl.Expr:
    holds = _holds(field, last).fill_null(value=False)
    absent = pl.col(field.name).is_null()
    return holds & ~absent if field.required else holds | absent


def _holds(field: Field, last: pl.Expr) -> pl.Expr:
    """Whether a value that is there is one that the rules take as it stands."""
    column = pl.col(field.name)
    match field.kind:
        case "text":
            return _text(field.name, int(field.limit or MAX_TEXT))
        case "date":
            return _between(field.name, EARLIEST, last)
        case "until":
            return _between(field.name, EARLIEST, LATEST)
        case "bool":
            return column.is_not_null()
        case kind if kind in _NUMBERED:
            return column.is_between(field.least if kind == "int" else 0, field.limit or _MOST_MONEY)
        case "month":
            return column.str.contains("^(199[0-9]|20[0-9]{2}|2100)-(0[1-9]|1[0-2])$")
        case "enum":
            return column.is_between(0, len(field.symbols) - 1)
        case "enum_list":
            return _each(column, 0, len(field.symbols) - 1)
        case "int_list":
            return _each(column, field.least, field.limit if field.limit is not None else MAX_REVISION)
        case "code":
            return column.str.contains(f"^(?:{field.pattern})$")
        case _:
            raise AssertionError(f"{field.kind} is not screened")


def _each(column: pl.Expr, least: int, most: int | Decimal) -> pl.Expr:
    """Whether a list has values and each lies within."""
    return (column.list.len() > 0) & column.list.eval(pl.element().is_between(least, most)).list.all()
