"""`fangpin calendar`: who owes what by which day of a month, from a county's packs, with the words it rests on."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from fangpin import database
from fangpin.active_policies import ActiveBooks
from fangpin.domain.calendar import SHANGHAI, months_after
from fangpin.domain.policy import Pack, PackError
from fangpin.domain.policy.feed_calendar import Owed, days_without_pack, feed_calendar
from fangpin.domain.working_days import OutsideTable, WorkingDays
from fangpin.errors import HubError
from fangpin.policies import load_book, load_working_days
from services.cli.county import packs_of
from services.cli.directory import HERE, read_credentials
from services.cli.exits import stopped
from services.frame.policy_text import PERIODS, due_text, names

_WEEKDAYS = "一二三四五六日"
app = typer.Typer(add_completion=False)


@app.command()
def calendar(
    county: Annotated[str, typer.Argument(help="the county's code or name")],
    month: Annotated[str | None, typer.Option(help="YYYY-MM; the current month in Shanghai")] = None,
    data: Annotated[Path, typer.Option(help="the directory of a hub, whose packs in force then count")] = HERE,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON, for programs")] = False,
) -> None:
    """Print what is due in a month; what was delivered is not looked at."""
    try:
        packs = _packs(data)
    except PackError as error:
        raise stopped(str(error)) from error
    own = packs_of(packs, county)
    first, last = _span(month)
    owed = feed_calendar(packs, own[0].county_code, first, last)
    silent = list(days_without_pack(own, first, last))
    table = load_working_days()
    if as_json:
        typer.echo(msgspec.json.encode(_object(own[0], first, last, owed, silent, table)).decode())
        return
    for line in _lines(own[0], first, owed, silent, table):
        typer.echo(line)


def _packs(data: Path) -> list[Pack]:
    """Those of the hub in that directory; those that come with the software where there is none, or it does not answer."""
    book = load_book()
    try:
        url = read_credentials(data)["database"]
    except FileNotFoundError:
        return book.judging()
    try:
        with database.connect(url) as conn:
            book = ActiveBooks(book).at(conn)
    except HubError as error:
        typer.echo(f"{data} 的中枢没有应答，按软件自带的政策包列出：{error}", err=True)
    return book.judging()


def _span(month: str | None) -> tuple[date, date]:
    """The first and the last day of the month."""
    text = month or datetime.now(SHANGHAI).strftime("%Y-%m")
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text) is None:
            raise ValueError(text)
        first = date.fromisoformat(f"{text}-01")
        return first, months_after(first, 1) - timedelta(days=1)
    except ValueError as error:
        raise stopped(f"月份“{text}”无法识别。请写成四位年、两位月，例如 2021-09。") from error


def _works(day: date | None, table: WorkingDays) -> bool | None:
    """None where there is no day, or the table does not reach it."""
    try:
        return None if day is None else table.is_working_day(day)
    except OutsideTable:
        return None


def _object(
    pack: Pack, first: date, last: date, owed: list[Owed], silent: list[tuple[date, date]], table: WorkingDays
) -> dict[str, object]:
    """`due_on` null: no day is named. `working_day` null: no day, or beyond the table."""
    return {
        "county_code": pack.county_code,
        "county_name": pack.county_name,
        "month": first.strftime("%Y-%m"),
        "first": first,
        "last": last,
        "without_pack": [{"first": begin, "last": end} for begin, end in silent],
        "working_days": {"first": table.first, "last": table.last},
        "duties": [
            {
                "id": one.duty.id,
                "pack": one.pack.id,
                "document": one.pack.document.number,
                "due_on": one.due_on,
                "working_day": _works(one.due_on, table),
                "due": due_text(one.duty.due).lstrip("，"),
                "within_days": one.duty.due.days,
                "within_working_days": one.duty.due.working_days,
                "every": one.duty.every,
                "times": one.duty.times,
                "period_from": one.period and one.period[0],
                "period_to": one.period and one.period[1],
                "by": one.duty.by,
                "by_names": [names([slug]) for slug in one.duty.by],
                "to": one.duty.to,
                "to_names": [names([slug]) for slug in one.duty.to],
                "what": one.duty.what,
                "feeds": one.duty.feeds,
                "clause": one.duty.basis.clause,
                "quote": one.duty.basis.quote,
                "decision": one.duty.basis.decision,
            }
            for one in owed
        ],
    }


def _lines(
    pack: Pack, first: date, owed: list[Owed], silent: list[tuple[date, date]], table: WorkingDays
) -> Iterator[str]:
    yield f"{pack.county_name} {pack.county_code}  {first.year}年{first.month}月报送日历"
    for begin, end in silent:
        yield f"{begin} 至 {end} 没有已录入的政策文件，这些天不列期限。"
    yield from dict.fromkeys(f"依据：《{one.pack.document.title}》{one.pack.document.number}" for one in owed)
    heading = None
    for (title, basis), group in groupby(owed, key=lambda one: (_heading(one, table), one.duty.basis)):
        if heading != (heading := title):
            yield ""
            yield heading
        for one in group:
            yield f"  {names(one.duty.by)} → {names(one.duty.to)}：{one.duty.what}（{_term(one)}）"
        yield f"    依据 {one.pack.document.number} {basis.clause}“{basis.quote}”"


def _heading(one: Owed, table: WorkingDays) -> str:
    if one.due_on is None:
        return "期内完成，文件未规定日期" if one.period is not None else "发生后限期完成"
    remark = ""
    if not table.first <= one.due_on <= table.last:
        remark = f"（工作日表只到{table.last.year}年，是否工作日未知）"
    elif not table.is_working_day(one.due_on):
        remark = "（非工作日；文件未规定顺延，仍以此日为限）"
    return f"{one.due_on.month}月{one.due_on.day}日 周{_WEEKDAYS[one.due_on.weekday()]}{remark}"


def _term(one: Owed) -> str:
    if one.period is None:
        return f"发生后{due_text(one.duty.due)}"
    start, end = one.period
    months = f"{start.year}年{start.month}月" + ("" if start.month == end.month else f"至{end.month}月")
    at_least = f"，至少{one.duty.times}次" if one.duty.times > 1 else ""
    return f"{PERIODS[one.duty.every]}，{months}{at_least}"
