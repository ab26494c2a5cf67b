"""The reminders that digests carry: of each area (county, township, village), as the month board stands on a civil day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fangpin import month_boards
from fangpin.database import Connection
from fangpin.domain.feeds import DEPARTMENTS
from fangpin.domain.policy import PackBook
from fangpin.domain.policy.reminders import Reminder, months_to_look_at, reminders
from fangpin.policies import load_working_days


@dataclass(frozen=True, slots=True)
class CountyDay:
    """A county on the civil day that has come: `by_area` is who is reminded of what."""

    county: str
    day: date
    by_area: dict[str, Sequence[Reminder]]


def of_today(conn: Connection, book: PackBook, county: str, day: date) -> CountyDay | None:
    """The reminders of a county's day; None while the board has not come to that day, or a digest would lack them."""
    if not month_boards.is_folded(conn):
        return CountyDay(county, day, {})
    clock = month_boards.clock(conn, county)
    if clock.since is None:  # its date was set before the hub told of dates
        return CountyDay(county, day, {})
    if clock.today != day:
        return None
    packs = book.of(county)
    lines = [
        line
        for first in months_to_look_at(day)
        for line in month_boards.read_board(conn, packs, county, first, day, load_working_days()).lines
    ]
    found = reminders(lines, day, clock.since)
    return CountyDay(county, day, {area or county: own for area, own in found.items()})


def reminder_lines(found: Sequence[Reminder]) -> list[str]:
    """As people read them; a department is named, for the county is told of many."""
    return [
        f"- {'明天到期' if one.days_late == 0 else f'已逾期{one.days_late}天'}：{_owner(one)}{one.line.owed.duty.what}"
        f"（{one.due_on.month}月{one.due_on.day}日前）"
        for one in found
    ]


def _owner(one: Reminder) -> str:
    return f"{DEPARTMENTS[one.line.owner.department]} " if one.line.owner.area is None else ""
