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
    """Each fault in Chinese, for the county's people who write packs; none for a sound pack. Rules are judged one by one elsewhere."""
    if not (pack.county_code.isascii() and pack.county_code.isdigit() and len(pack.county_code) == 6):
        yield f"county_code 是 {pack.county_code}，应为加引号的6位县区代码"
    if pack.valid_until is not None and pack.valid_until < pack.valid_from:
        yield "valid_until 早于 valid_from"
    for name, day in (("village_day", pack.village_day), ("township_day", pack.township_day)):
        if day is not None and not 1 <= day <= LAST_DAY:
            yield f"{name} 是 {day}，应为每月的某一日，1 至 {LAST_DAY}"
    if pack.township_day is not None and pack.village_day is None:
        yield "有 township_day 就要有 village_day：村级核实在前，乡镇审核在后"
    yield from _twice("规则", (rule.id for rule in pack.rules))
    yield from _label_faults(pack)
    yield from _period_faults(pack)
    yield from _twice("数值序列", (series.id for series in pack.series))
    for rule in pack.rules:
        if rule.series is not None and all(series.id != rule.series for series in pack.series):
            yield f"规则 {rule.id}：没有数值序列 {rule.series}"
    for series in pack.series:
        yield from _series_faults(pack, series)
    yield from procedure_faults(pack.duties, pack.exclusions, pack.measures, pack.chain)


def _twice(what: str, ids: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            yield f"{what} {one} 出现了两次"
        seen.add(one)


def _label_faults(pack: Pack) -> Iterator[str]:
    for risk in pack.risk_labels:
        if risk not in RISKS:
            yield f"risk_labels：没有 {risk} 这种风险；可用的是 {'、'.join(RISKS)}"
    for rule in pack.rules:
        for risk in RISKS if rule.risk == NAMED else (rule.risk,):
            if risk not in pack.risk_labels:
                yield f"规则 {rule.id}：risk_labels 里没有 {risk} 的名称"
    if pack.risk_words is None:
        return
    quoted = "".join(squeeze(passage.quote) for basis in pack.risk_words.bases for passage in basis.passages())
    for risk, label in pack.risk_labels.items():
        if risk not in pack.risk_words.ours and squeeze(label) not in quoted:
            yield f"risk_labels：risk_words 的引文里没有“{label}”；请补引文，或把 {risk} 写进 ours"
    if pack.risk_words.ours and pack.risk_words.decision is None:
        yield "risk_words：用了 ours（本系统的名称），要写明 decision"


def _period_faults(pack: Pack) -> Iterator[str]:
    period = pack.income_period
    if period is None:
        if any(rule.feed in FEEDS and FEEDS[rule.feed].of_a_period for rule in pack.rules):
            yield "缺少 income_period：请写明收入调查算哪些月份，文件没有写的用 not-stated"
        return
    filled = (period.months is not None, period.first_month is not None)
    wanted = {"months-before": (True, False), "year-from": (False, True), "not-stated": (False, False)}[period.form]
    if filled != wanted:
        yield f"income_period：{period.form} {_needs('months', wanted[0])}，{_needs('first_month', wanted[1])}"
    if period.first_month is not None:
        yield from number_faults(period.basis, "12月", [period.first_month])
    if period.form == "not-stated" and period.basis.decision is None:
        yield "income_period：not-stated 是本系统的理解，要写明 decision"


def _needs(name: str, wanted: bool) -> str:
    return f"{'应有' if wanted else '不应有'} {name}"


def _series_faults(pack: Pack, series: Series) -> Iterator[str]:
    """The values and gaps of a series cover the pack's time (income years: all time), each day once."""
    rules = [rule for rule in pack.rules if rule.series == series.id]
    if not rules:
        yield f"数值序列 {series.id} 没有规则"
        return
    by_day = series.dated_by == "met_on"
    if not by_day and (pack.income_period is None or pack.income_period.form != "year-from"):
        yield f"数值序列 {series.id}：按收入年度取值，income_period 应为 year-from"
    first = pack.valid_from if by_day else date.min
    last = (pack.valid_until or date.max) if by_day else date.max
    for gap in series.gaps:
        if not gap.none.strip():
            yield f"数值序列 {series.id}：空档要在 none 里写明原因"
    expected: date | None = first  # None: all time to come is covered
    parts: list[Rule | Gap] = [*rules, *series.gaps]
    for one in sorted(parts, key=lambda one: one.valid_from or date.min):
        starts, ends = max(one.valid_from or first, first), min(one.valid_until or last, last)
        if expected is None or starts < expected:
            yield f"数值序列 {series.id}：{_name(one)}与前一段日期重叠"
        elif starts > expected:
            yield f"数值序列 {series.id}：{expected} 至 {starts - _DAY} 没有数值；请声明这段空档，并在 none 里写明原因"
        expected = None if ends == date.max else ends + _DAY
    if expected is not None and expected <= last:
        yield f"数值序列 {series.id}：{expected} 起没有数值；请声明这段空档，并在 none 里写明原因"


def _name(one: Rule | Gap) -> str:
    return f"规则 {one.id} " if isinstance(one, Rule) else f"{one.valid_from} 起的空档"
