"""The months that an income survey covers, and the income year that a county makes of them."""

from collections.abc import Mapping
from datetime import date

from fangpin.domain.policy.pack import IncomePeriod

YEAR = 12  # months


def month_number(text: object) -> int | None:
    """A month written YYYY-MM as a running number; None when there is none."""
    if not isinstance(text, str):
        return None
    year, month = text.split("-")
    return int(year) * YEAR + int(month) - 1


def months_of(values: Mapping[str, object]) -> tuple[int, int] | None:
    """First and last month of the survey, both included, as running numbers."""
    first, last = month_number(values.get("period_from")), month_number(values.get("period_to"))
    return (first, last) if first is not None and last is not None and first <= last else None


def length(values: Mapping[str, object]) -> int:
    """How many months the survey covers; nought when it names none."""
    span = months_of(values)
    return span[1] - span[0] + 1 if span is not None else 0


def fits(period: IncomePeriod, values: Mapping[str, object], surveyed_on: date) -> bool:
    """Whether the survey covers the months that the county asks for."""
    if period.form == "not-stated":
        return True
    if period.form == "year-from":
        return income_year(period, values) is not None
    before = surveyed_on.year * YEAR + surveyed_on.month - 1
    return months_of(values) == (before - (period.months or 0), before - 1)


def income_year(period: IncomePeriod, values: Mapping[str, object]) -> int | None:
    """The income year of which the survey is a part: last year's `first_month` to the month before it; None: of none."""
    span = months_of(values)
    if span is None or period.first_month is None or span[1] - span[0] >= YEAR:
        return None
    first, last = span
    for year in period.whole_years:
        if span == (year * YEAR, year * YEAR + YEAR - 1):
            return year
    begins = period.first_month - 1
    for year in period.parts_of:
        start = (year - 1) * YEAR + begins
        if start <= first and last < start + YEAR:
            return year
    return first // YEAR + 1 if first % YEAR == begins else None
