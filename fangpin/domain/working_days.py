"""Working days of the People's Republic: Monday to Friday, without the days off and with the make-up days of a dated table."""

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

_DAY = timedelta(days=1)
_SATURDAY = 5


class WorkingYear(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One calendar year of the table. `sources`: the notices by title and number; `holidays`: name → its first and last day;
    `work`: the Saturdays and Sundays that are worked.
    """

    year: int
    sources: tuple[str, ...]
    holidays: dict[str, tuple[date, date]]
    work: tuple[date, ...] = ()


class OutsideTable(Exception):
    """A day for which no notice of holidays is in the table; the message is Chinese, for officers."""


class WorkingDays:
    """The table, which answers for whole calendar years that follow each other and refuses every other day."""

    def __init__(self, years: Iterable[WorkingYear]) -> None:
        """Raises ValueError for a table that contradicts itself."""
        ordered = sorted(years, key=lambda one: one.year)
        numbers = [one.year for one in ordered]
        if not numbers or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            raise ValueError(f"years must follow each other, each once: {numbers}")
        self.first = date(numbers[0], 1, 1)
        self.last = date(numbers[-1], 12, 31)
        self._off = frozenset(day for one in ordered for day in _days_off(one))
        self._work = frozenset(day for one in ordered for day in one.work)
        for one in ordered:
            _check(one, self._off)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on that day. Raises `OutsideTable`."""
        if not self.first <= day <= self.last:
            raise OutsideTable(
                f"工作日表只有{self.first.year}年至{self.last.year}年，不能判断{day}是不是工作日。"
                "请待国务院办公厅公布该年节假日安排后，将其补入工作日表（policies/calendar/working-days.yaml）。"
            )
        return day in self._work or (day.weekday() < _SATURDAY and day not in self._off)

    def working_days_after(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which itself does not count (Civil Code, article 201). Raises `OutsideTable`."""
        if n < 1:
            raise ValueError(f"{n} working days after a day is no term")
        # The day from which a term runs must be in the table too: whoever asks from outside it is refused at once.
        self.is_working_day(day)
        while n:
            day += _DAY
            n -= self.is_working_day(day)
        return day


def _days_off(one: WorkingYear) -> Iterable[date]:
    for first, last in one.holidays.values():
        yield from (first + _DAY * offset for offset in range((last - first).days + 1))


def _check(one: WorkingYear, off: frozenset[date]) -> None:
    if not one.sources:
        raise ValueError(f"{one.year}: name the notice")
    for name, (first, last) in one.holidays.items():
        if not date(one.year, 1, 1) <= first <= last <= date(one.year, 12, 31):
            raise ValueError(f"{one.year}: {name} from {first} to {last} is no span of that year")
    for day in one.work:
        if day.year != one.year or day.weekday() < _SATURDAY or day in off:
            raise ValueError(f"{one.year}: {day} is no Saturday or Sunday of that year that could be worked")
