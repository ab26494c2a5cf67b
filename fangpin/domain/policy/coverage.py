"""Whether a boundary table is complete: just below, at and just above each line, both sides of each condition and date."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from fangpin.domain.calendar import months_after
from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy.cases import Tried
from fangpin.domain.policy.conditions import compile_condition
from fangpin.domain.policy.derived import DERIVED, to_fen
from fangpin.domain.policy.households import compile_households
from fangpin.domain.policy.pack import Condition, Pack, Rule
from fangpin.domain.policy.periods import income_year
from fangpin.domain.register import RegisterState
from fangpin.domain.replay import build_registers

_FEN = Decimal("0.01")
_DAY = timedelta(days=1)


def coverage_faults(pack: Pack, tried: Sequence[Tried]) -> Iterator[str]:
    """What no case of the table tries, in Chinese."""
    for rule in pack.rules:
        own = [one for one in tried if one.rule.id == rule.id]
        if not any(one.met for one in own):
            yield f"规则 {rule.id}：缺少符合条件的案例"
        for fault in (*_condition(rule, rule.when, own), *_households(rule, own), *_delay(rule, own)):
            yield f"规则 {rule.id}：{fault}"
        for fault in _span(pack, rule, own):
            yield f"规则 {rule.id}：{fault}"
    days = {(one.record.occurred_on, one.met) for one in tried}
    yield from _edges("政策包", pack.valid_from, pack.valid_until, days)


def _condition(rule: Rule, condition: Condition | None, own: Sequence[Tried]) -> Iterator[str]:
    if condition is None:
        return
    for inner in (*(condition.all or ()), *(condition.any or ())):
        yield from _condition(rule, inner, own)
    if condition.compare is not None:
        distances = {_distance(rule, condition, one) for one in own}
        for name, wanted in (
            ("刚低于界线（差 0.01 元）", -_FEN),
            ("恰好等于界线", Decimal(0)),
            ("刚高于界线（多 0.01 元）", _FEN),
        ):
            if wanted not in distances:
                yield f"缺少{name}的案例"
    elif condition.all is None and condition.any is None:
        test = compile_condition(FEEDS[rule.feed], condition)
        held = {test(one.record.fields) is not None for one in own}
        for side, name in ((True, "成立"), (False, "不成立")):
            if side not in held:
                yield f"缺少 {condition.field} {name}的案例"
    values = {value for one in own for value in _values(one, condition)}
    for choice in condition.one_of or ():
        if choice not in values:
            yield f"缺少 {condition.field} 为 {choice} 的案例"
    if condition.holds_or_unknown is not None and None not in {one.record.fields[condition.field or ""] for one in own}:
        yield f"缺少 {condition.field} 不明的案例"


def _values(one: Tried, condition: Condition) -> tuple[object, ...]:
    value = one.record.fields.get(condition.field or "")
    return value if isinstance(value, tuple) else (value,)


def _distance(rule: Rule, condition: Condition, one: Tried) -> Decimal | None:
    """How far the fact's amount lies above the line, in yuan; below it: negative."""
    amount = one.record.fields.get(condition.field or "")
    if condition.derived is not None:
        computed = DERIVED[rule.feed][condition.derived].compute(one.record.fields)
        amount = computed[0] if computed is not None else None
    line: object = Decimal(condition.value or "0")
    if condition.against is not None:
        line = one.record.fields.get(condition.against)
        if isinstance(line, Decimal):
            line = to_fen(line * (1 + Decimal(condition.margin or "0")))
    return amount - line if isinstance(amount, Decimal) and isinstance(line, Decimal) else None


def _households(rule: Rule, own: Sequence[Tried]) -> Iterator[str]:
    """For each kind of household, one that is of it, and for each of its parts one that is not."""
    for number, kind in enumerate(rule.households or (), 1):
        test = compile_households((kind,))
        assert test is not None
        met = [one for one in own if one.met and test(_state(one), (), one.record.occurred_on)]
        if not met:
            yield f"第 {number} 类农户缺少符合条件的案例"
    if rule.households is not None and not any(
        not one.met and any(key in one.case.household for key in ("class", "monitored", "has_labour", "marginal_2019"))
        for one in own
    ):
        yield "缺少不属于所列各类农户的案例"
    if any(kind.on_subsistence is not None for kind in rule.households or ()) and not any(
        not one.met and one.case.assistance for one in own
    ):
        yield "缺少享受低保的案例"


def _state(one: Tried) -> RegisterState:
    (register,) = build_registers([one.register]).values()
    state = register.as_of(one.record.occurred_on)
    assert state is not None
    return state


def _delay(rule: Rule, own: Sequence[Tried]) -> Iterator[str]:
    """The day before it is met and the day on which it is; and what ends it on those two days."""
    if rule.met is None:
        return
    waits: set[tuple[int, bool]] = set()
    ends: set[tuple[int, bool]] = set()
    for one in own:
        due = months_after(one.record.occurred_on, rule.met.months_after)
        if one.case.as_of is not None:
            waits.add(((one.case.as_of - due).days, one.met))
        ended = one.record.fields.get(rule.met.unless_before or "")
        if isinstance(ended, date):
            ends.add(((ended - due).days, one.met))
    wanted = {(-1, False), (0, True)}
    if not wanted <= waits:
        yield "缺少期满前一日和期满当日的案例"
    if rule.met.unless_before is not None and not wanted <= ends:
        yield f"缺少 {rule.met.unless_before} 在期满前一日和期满当日的案例"


def _span(pack: Pack, rule: Rule, own: Sequence[Tried]) -> Iterator[str]:
    series = next((one for one in pack.series if one.id == rule.series), None)
    if series is None:
        return
    if series.dated_by == "met_on":
        yield from _edges("规则", rule.valid_from, rule.valid_until, {(one.record.occurred_on, one.met) for one in own})
        return
    assert pack.income_period is not None
    years = {(income_year(pack.income_period, one.record.fields), one.met) for one in own}
    for day, step, met in (
        (rule.valid_from, 0, True),
        (rule.valid_until, 0, True),
        (rule.valid_from, -1, False),
        (rule.valid_until, 1, False),
    ):
        if day is not None and (day.year + step, met) not in years:
            yield f"缺少 {day.year + step} 年收入的案例"


def _edges(what: str, first: date | None, last: date | None, days: set[tuple[date, bool]]) -> Iterator[str]:
    """The first and the last day on which it holds, and the days beside them."""
    wanted = []
    if first is not None:
        wanted += [(first - _DAY, False), (first, True)]
    if last is not None:
        wanted += [(last, True), (last + _DAY, False)]
    for day, met in wanted:
        if (day, met) not in days:
            yield f"缺少 {day}（{what}的起止日前后）{'符合' if met else '不符合'}条件的案例"
