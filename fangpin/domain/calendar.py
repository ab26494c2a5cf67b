"""Civil dates in Asia/Shanghai."""

from calendar import monthrange
from datetime import date, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day: 31 January + 1 is 28 or 29 February."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_day_of_month(after: date, day: int) -> date:
    """The first date later than `after` that is the given day of its month (a short month: its last day)."""
    this_month = after.replace(day=min(day, monthrange(after.year, after.month)[1]))
    if this_month > after:
        return this_month
    following = after.replace(day=1) + timedelta(days=32)
    return following.replace(day=min(day, monthrange(following.year, following.month)[1]))
