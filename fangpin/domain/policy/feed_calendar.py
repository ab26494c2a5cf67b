"""Who owes what by which day: the duties of a county's packs, laid out over a span of days.

A day that a document names stands as it is, be it a holiday; in a shorter month it is the month's last day
(docs/decisions/0018-due-days.md). The pack in force on the due day says what is due on it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from fangpin.domain.calendar import months_after
from fangpin.domain.policy.pack import Pack
from fangpin.domain.policy.procedure import Due, Duty
from fangpin.domain.working_days import WorkingDays

_MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Owed:
    """One duty for one period. `due_on` is None where the document names no day: then it is owed within the period, and
    never late. A duty after an occurrence has no period either; `due_after` tells its day.
    """

    pack: Pack
    duty: Duty
    period: tuple[date, date] | None
    due_on: date | None


def feed_calendar(packs: Iterable[Pack], county_code: str, first: date, last: date) -> list[Owed]:
    """What is owed to the packs of a county in the days from `first` to `last`, both included.

    By due day, then in the order of the packs; after those the duties without a day whose period touches the span, then
    those after an occurrence.
    """
    own = sorted((pack for pack in packs if pack.county_code == county_code), key=lambda pack: pack.valid_from)
    owed = [one for pack in own for duty in pack.duties for one in _owed(pack, duty, first, last)]
    return sorted(owed, key=lambda one: (one.due_on or date.max, one.period is None))


def days_without_pack(packs: Iterable[Pack], first: date, last: date) -> Iterator[tuple[date, date]]:
    """The spans of the days from `first` to `last` in which none of a county's packs is in force."""
    start = first
    for pack in sorted(packs, key=lambda one: one.valid_from):
        if start < pack.valid_from:
            yield start, min(last, pack.valid_from - _DAY)
        if pack.valid_from > last or pack.valid_until is None:
            return
        start = max(start, pack.valid_until + _DAY)
        if start > last:
            return
    yield start, last


def due_after(due: Due, happened_on: date, table: WorkingDays) -> date | None:
    """By when something is due that happened on a day; None where the term does not run from an occurrence.

    The day itself does not count. Raises `OutsideTable` for working days beyond the table.
    """
    if due.days is not None:
        return happened_on + _DAY * due.days
    if due.working_days is not None:
        return table.working_days_after(happened_on, due.working_days)
    return None


def _owed(pack: Pack, duty: Duty, first: date, last: date) -> Iterator[Owed]:
    begin = max(first, pack.valid_from, duty.since or pack.valid_from)
    end = min(last, pack.valid_until or last, duty.until or last)
    if begin > end:
        return
    if duty.every == "occurrence":
        yield Owed(pack, duty, None, None)
        return
    for period in _periods(_MONTHS[duty.every], begin, end):
        due_on = _due_on(duty.due, period)
        if due_on is None or begin <= due_on <= end:
            yield Owed(pack, duty, period, due_on)


def _periods(months: int, begin: date, end: date) -> Iterator[tuple[date, date]]:
    """The periods of so many months, counted from January, that touch the span."""
    start = date(begin.year, (begin.month - 1) // months * months + 1, 1)
    while start <= end:
        following = months_after(start, months)
        yield start, following - _DAY
        start = following


def _due_on(due: Due, period: tuple[date, date]) -> date | None:
    start, end = period
    if due.end:
        return end
    if due.day is None:
        return None
    month = months_after(start, (due.month_of_quarter or 1) - 1)
    return min(month + _DAY * (due.day - 1), months_after(month, 1) - _DAY)
