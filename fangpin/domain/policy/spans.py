"""Values that hold for a span: whether a fact falls into a rule's span, and what is noted when it falls into none."""

from collections.abc import Callable, Mapping
from datetime import date

from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy.pack import IncomePeriod, Pack, Rule, Series, covers_span
from fangpin.domain.policy.periods import fits, income_year

PERIOD_OTHER = "PERIOD_OTHER"
NO_POLICY = "NO_POLICY"
SpanTest = Callable[[Mapping[str, object], date], bool]
NoteTest = Callable[[Mapping[str, object], date], dict[str, str | None]]


def compile_span(pack: Pack, rule: Rule) -> SpanTest | None:
    """Whether the fact's period and date are those of the rule; None when the rule asks for neither."""
    period = pack.income_period if FEEDS[rule.feed].of_a_period else None
    if period is not None and period.form == "not-stated":
        period = None
    dated_by = next((one for one in pack.series if one.id == rule.series), None)
    if period is None and dated_by is None:
        return None

    def test(values: Mapping[str, object], met_on: date) -> bool:
        if period is not None and not fits(period, values, met_on):
            return False
        if dated_by is None:
            return True
        day = series_day(dated_by, period, values, met_on)
        return day is not None and covers_span(rule, day)

    return test


def may_hold(pack: Pack, rule: Rule, day: date) -> bool:
    """Whether the rule's span has that day; one dated by income years may hold on any, that is told by the survey."""
    by_year = any(series.id == rule.series and series.dated_by == "income-year" for series in pack.series)
    return by_year or covers_span(rule, day)


def series_day(series: Series, period: IncomePeriod | None, values: Mapping[str, object], met_on: date) -> date | None:
    """The day by which a series' value is chosen; None when the fact is of no income year."""
    if series.dated_by == "met_on":
        return met_on
    year = income_year(period, values) if period is not None else None
    return date(year, 1, 1) if year is not None else None


def compile_notes(pack: Pack, feed: str) -> NoteTest | None:
    """The notes that the pack gives a fact of this feed, whatever its household: code → why, in Chinese. None: never any."""
    period = pack.income_period if FEEDS[feed].of_a_period else None
    if period is not None and period.form == "not-stated":
        period = None
    used = {rule.series for rule in pack.rules if rule.feed == feed}
    gaps = [(series, gap) for series in pack.series if series.id in used for gap in series.gaps if gap.noted]
    if period is None and not gaps:
        return None

    def test(values: Mapping[str, object], on: date) -> dict[str, str | None]:
        if period is not None and not fits(period, values, on):
            return {PERIOD_OTHER: None}
        for series, gap in gaps:
            day = series_day(series, period, values, on)
            if day is not None and covers_span(gap, day):
                return {NO_POLICY: gap.none}
        return {}

    return test
