"""What is wrong with a pack as a whole: its dates, its series, its labels, and that every id stands once."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy.numerals import squeeze
from fangpin.domain.policy.pack import NAMED, Gap, Pack, Rule, Series
from fangpin.domain.policy.procedure_faults import procedure_faults
from fangpin.domain.policy.rule_faults import RISKS
from fangpin.domain.policy.wording import number_faults

LAST_DAY = 31
_DAY = timedelta(days=1)


def pack_faults(pack: Pack) -> Iterator[str]:
    """Each fault in words; none for a sound pack. Rules are judged one by one elsewhere."""
    if not (pack.county_code.isascii() and pack.county_code.isdigit() and len(pack.county_code) == 6):
        yield f"county_code {pack.county_code} must be six digits, in quotation marks"
    if pack.valid_until is not None and pack.valid_until < pack.valid_from:
        yield "valid_until lies before valid_from"
    for name, day in (("village_day", pack.village_day), ("township_day", pack.township_day)):
        if day is not None and not 1 <= day <= LAST_DAY:
            yield f"{name} {day} must be a day of the month, 1 to {LAST_DAY}"
    if pack.township_day is not None and pack.village_day is None:
        yield "township_day needs a village_day: the township follows the village"
    yield from _twice("rule", (rule.id for rule in pack.rules))
    yield from _label_faults(pack)
    yield from _period_faults(pack)
    yield from _twice("series", (series.id for series in pack.series))
    for rule in pack.rules:
        if rule.series is not None and all(series.id != rule.series for series in pack.series):
            yield f"rule {rule.id}: no series {rule.series}"
    for series in pack.series:
        yield from _series_faults(pack, series)
    yield from procedure_faults(pack.duties, pack.exclusions, pack.measures, pack.chain)


def _twice(what: str, ids: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            yield f"{what} {one} stands twice"
        seen.add(one)


def _label_faults(pack: Pack) -> Iterator[str]:
    for risk in pack.risk_labels:
        if risk not in RISKS:
            yield f"risk_labels: {risk} is none of {', '.join(RISKS)}"
    for rule in pack.rules:
        for risk in RISKS if rule.risk == NAMED else (rule.risk,):
            if risk not in pack.risk_labels:
                yield f"rule {rule.id}: risk_labels has no label for {risk}"
    if pack.risk_words is None:
        return
    quoted = "".join(squeeze(passage.quote) for basis in pack.risk_words.bases for passage in basis.passages())
    for risk, label in pack.risk_labels.items():
        if risk not in pack.risk_words.ours and squeeze(label) not in quoted:
            yield f"risk_labels: “{label}” stands in no quotation of risk_words; quote it, or name {risk} in `ours`"
    if pack.risk_words.ours and pack.risk_words.decision is None:
        yield "risk_words: labels of ours need a decision"


def _period_faults(pack: Pack) -> Iterator[str]:
    period = pack.income_period
    if period is None:
        if any(rule.feed in FEEDS and FEEDS[rule.feed].of_a_period for rule in pack.rules):
            yield "income_period is missing: say which months a survey covers, or `not-stated`"
        return
    filled = (period.months is not None, period.first_month is not None)
    wanted = {"months-before": (True, False), "year-from": (False, True), "not-stated": (False, False)}[period.form]
    if filled != wanted:
        yield f"income_period: {period.form} needs months {wanted[0]}, first_month {wanted[1]}"
    if period.first_month is not None:
        yield from number_faults(period.basis, "12月", [period.first_month])
    if period.form == "not-stated" and period.basis.decision is None:
        yield "income_period: not-stated is our reading; it needs a decision"


def _series_faults(pack: Pack, series: Series) -> Iterator[str]:
    """The values and gaps of a series cover the pack's time (income years: all time), each day once."""
    rules = [rule for rule in pack.rules if rule.series == series.id]
    if not rules:
        yield f"series {series.id} has no rule"
        return
    by_day = series.dated_by == "met_on"
    if not by_day and (pack.income_period is None or pack.income_period.form != "year-from"):
        yield f"series {series.id}: income years need an income_period of the form year-from"
    first = pack.valid_from if by_day else date.min
    last = (pack.valid_until or date.max) if by_day else date.max
    for gap in series.gaps:
        if not gap.none.strip():
            yield f"series {series.id}: a gap says why in `none`"
    expected: date | None = first  # None: all time to come is covered
    parts: list[Rule | Gap] = [*rules, *series.gaps]
    for one in sorted(parts, key=lambda one: one.valid_from or date.min):
        starts, ends = max(one.valid_from or first, first), min(one.valid_until or last, last)
        if expected is None or starts < expected:
            yield f"series {series.id}: {_name(one)} overlaps what comes before it"
        elif starts > expected:
            yield f"series {series.id}: nothing is said of {expected} to {starts - _DAY}; declare the gap and why (`none`)"
        expected = None if ends == date.max else ends + _DAY
    if expected is not None and expected <= last:
        yield f"series {series.id}: nothing is said from {expected} on; declare the gap and why (`none`)"


def _name(one: Rule | Gap) -> str:
    return f"rule {one.id}" if isinstance(one, Rule) else f"the gap from {one.valid_from}"
