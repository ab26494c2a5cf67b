"""A month's board as the API gives it and the pages and the command line show it: of one's own area, in Chinese."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from fangpin import month_boards
from fangpin.areas import area_name
from fangpin.database import Connection
from fangpin.domain.area_watch import STALE_AFTER
from fangpin.domain.calendar import SHANGHAI, months_after
from fangpin.domain.feeds import DEPARTMENTS, FEEDS, LOCAL_DEPARTMENTS
from fangpin.domain.policy import Pack
from fangpin.domain.policy.feed_calendar import Owed, days_without_pack
from fangpin.domain.policy.month_board import Line
from fangpin.policies import load_working_days
from services.frame.policy_text import PERIODS

Item = dict[str, Any]
STATES: Mapping[str, str] = {
    "missing": "未报送",
    "late": "迟报",
    "pending": "未到期",
    "nil": "零报告",
    "delivered": "已报送",
}
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 1)  # as the dates of records


def first_of(month: str | None, today: date | None) -> date | None:
    """The first day of a month `YYYY-MM`, of the civil date's where none is given; None for what is no month."""
    if month is None:
        return (today or datetime.now(SHANGHAI).date()).replace(day=1)
    if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month, re.ASCII) is None or month[:4] == "0000":
        return None
    first = date.fromisoformat(f"{month}-01")
    return first if EARLIEST <= first <= LATEST else None


def today(conn: Connection, county: str) -> date | None:
    """The county's civil date, as far as the read model knows it."""
    return month_boards.clock(conn, county).today if month_boards.is_folded(conn) else None


def blank(own: Sequence[Pack], county: str, first: date) -> Item:
    """The board on which nothing is known: of a county that is not one's own, or of which nothing was folded yet."""
    return {
        "county_code": county,
        "county_name": own[0].county_name if own else None,
        "month": f"{first:%Y-%m}",
        "today": None,
        "clock_since": None,
        "without_pack": [
            {"first": begin, "last": end}
            for begin, end in days_without_pack(own, first, months_after(first, 1) - timedelta(days=1))
        ],
        "totals": dict.fromkeys(STATES, 0),
        "items": [],
        "untracked": [],
        "registers": [],
    }


def read(conn: Connection, packs: Sequence[Pack], county: str, area: str, first: date) -> Item:
    """The board of a county for the month that begins on `first`: the lines of those whose area lies in `area`, and of the
    departments where it is the county's (or empty).
    """
    own = [pack for pack in packs if pack.county_code == county]
    found = blank(own, county, first)
    if not month_boards.is_folded(conn):
        return found
    clock = month_boards.clock(conn, county)
    board = month_boards.read_board(conn, own, county, first, clock.today, load_working_days())
    items = [_item(line, clock.since) for line in board.lines if sees(area, line.owner.area)]
    found |= {
        "today": clock.today,
        "clock_since": clock.since,
        "totals": found["totals"] | Counter(one["state"] for one in items),
        "items": items,
        "untracked": [
            _duty(owed) | {"department": slug, "department_name": DEPARTMENTS.get(slug)}
            for owed, slug in board.untracked
            if _concerns(area, slug)
        ],
        "registers": [_register(*one, clock.today) for one in month_boards.register_days(conn, county, area or county)],
    }
    return found


def sees(area: str, owner: str | None) -> bool:
    """Whether an account of that area sees the lines of an owner: a township or village its own, a county all."""
    return len(area) <= 6 if owner is None else owner.startswith(area)


def state_text(item: Mapping[str, Any]) -> str:
    """How a line stands, in words."""
    state, late = item["state"], item["days_late"]
    if state == "late":
        return f"迟报{late}天"
    if state == "missing" and late:
        return f"未报送，已逾期{late}天"
    if state == "nil" and late:
        return f"零报告，迟报{late}天"
    return STATES[state]


def _due_on_text(item: Mapping[str, Any]) -> str:
    """By when it is due, in words."""
    if item["due_on"] is not None:
        return f"{item['due_on'].month}月{item['due_on'].day}日前"
    return f"{PERIODS[item['every']]}，文件未规定日期"


def _item(line: Line, since: date | None) -> Item:
    owner = line.owner
    item: Item = _duty(line.owed) | {
        "department": owner.department,
        "department_name": DEPARTMENTS[owner.department],
        "area": owner.area,
        "area_name": area_name(owner.area, {}) if owner.area is not None else None,
        "due_on": line.due_on,
        "state": line.state,
        "days_late": line.days_late,
        "done_on": line.done_on,
        "nil": any(one.nil_on is not None for one in line.feeds),
        "remark": line.unknown or _before(line, since),
        "feeds": [
            {
                "feed": one.feed,
                "title": FEEDS[one.feed].title,
                "records": one.records,
                "last_on": one.last_on,
                "nil_on": one.nil_on,
            }
            for one in line.feeds
        ],
    }
    return item | {"state_name": STATES[line.state], "state_text": state_text(item), "due_text": _due_on_text(item)}


def _before(line: Line, since: date | None) -> str | None:
    """What is to be considered of a line that was due before the hub kept the county's days; None: nothing."""
    if since is None or line.due_on is None or line.due_on >= since or not line.days_late:
        return None
    return f"到期日早于本系统启用日（{since}），此前可能已用别的方式报送，请核对。"


def _register(village: str, renewed_on: date, today: date | None) -> Item:
    """How old a village's register is: every match rests on it."""
    age = (today - renewed_on).days if today is not None else None
    return {
        "village_code": village,
        "village_name": area_name(village, {}),
        "renewed_on": renewed_on,
        "age_days": None if age is None else max(0, age),
        "stale": age is not None and age > STALE_AFTER.days,
    }


def _duty(owed: Owed) -> Item:
    duty, period = owed.duty, owed.period
    return {
        "duty": duty.id,
        "what": duty.what,
        "every": duty.every,
        "due_on": owed.due_on,
        "period_from": period[0] if period is not None else None,
        "period_to": period[1] if period is not None else None,
        "pack": owed.pack.id,
        "document": owed.pack.document.number,
        "clause": duty.basis.clause,
        "quote": duty.basis.quote,
    }


def _concerns(area: str, slug: str) -> bool:
    """Whether somebody of that area has to do with what this one owes."""
    if len(area) <= 6:
        return True
    return slug in (LOCAL_DEPARTMENTS if len(area) == 9 else ("village",))
