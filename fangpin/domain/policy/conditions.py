"""A condition compiled to a function: the arithmetic as the clause card prints it, or None when it does not hold."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal

from fangpin.domain.feeds import Feed, Field
from fangpin.domain.policy.derived import DERIVED, to_fen
from fangpin.domain.policy.pack import Condition

Test = Callable[[Mapping[str, object]], str | None]
_SIGNS = {">=": "≥", ">": ">", "<": "<", "<=": "≤"}


def compile_condition(feed: Feed, condition: Condition | None) -> Test:
    """The test of a condition; None stands for every record of the feed."""
    if condition is None:
        return lambda values: f"{feed.title}：有此记录"
    if condition.all is not None:
        return _all([compile_condition(feed, one) for one in condition.all])
    if condition.any is not None:
        return _any([compile_condition(feed, one) for one in condition.any])
    if condition.derived is not None:
        return _compare_derived(feed, condition)
    field = feed.field(condition.field or "")
    assert field is not None  # proved by the parser
    if condition.compare is not None:
        return _compare(field, condition.compare, Decimal(condition.value or "0"))
    if condition.one_of is not None:
        return _one_of(field, condition.one_of)
    if condition.positive is not None:
        return _positive(field)
    if condition.holds_or_unknown is not None:
        return _holds_or_unknown(field)
    return _holds(field, bool(condition.holds))


def _all(tests: list[Test]) -> Test:
    def test(values: Mapping[str, object]) -> str | None:
        found = []
        for one in tests:
            arithmetic = one(values)
            if arithmetic is None:
                return None
            found.append(arithmetic)
        return "，".join(found)

    return test


def _any(tests: list[Test]) -> Test:
    def test(values: Mapping[str, object]) -> str | None:
        found = [arithmetic for one in tests if (arithmetic := one(values)) is not None]
        return "；".join(found) or None

    return test


def _holding(comparator: str) -> Callable[[Decimal, Decimal], bool]:
    return {">=": operator.ge, ">": operator.gt, "<": operator.lt, "<=": operator.le}[comparator]


def _compare(field: Field, comparator: str, line: Decimal) -> Test:
    name, sign, holds = field.name, _SIGNS[comparator], _holding(comparator)

    def test(values: Mapping[str, object]) -> str | None:
        value = values.get(name)
        if isinstance(value, Decimal) and holds(value, line):
            return f"{value:.2f} {sign} {line:.2f}"
        return None

    return test


def _compare_derived(feed: Feed, condition: Condition) -> Test:
    """The comparison first, as of any amount; then in brackets how the amount came about."""
    derived = DERIVED[feed.slug][condition.derived or ""]
    comparator = condition.compare or "<"
    sign, holds = _SIGNS[comparator], _holding(comparator)
    line_of = _line_of(feed, condition)

    def test(values: Mapping[str, object]) -> str | None:
        computed, line = derived.compute(values), line_of(values)
        if computed is None or line is None or not holds(computed[0], line[0]):
            return None
        words = "；".join(one for one in (computed[1], line[1]) if one)
        return f"{computed[0]:.2f} {sign} {line[0]:.2f}（{words}）"

    return test


def _line_of(feed: Feed, condition: Condition) -> Callable[[Mapping[str, object]], tuple[Decimal, str] | None]:
    """What the derived amount is compared with: the document's number, or a field of the same record."""
    if condition.against is None:
        tolerance = Decimal(condition.tolerance or "0")
        value = Decimal(condition.value or "0")
        upward = condition.compare in ("<", "<=")
        line = value + tolerance if upward else value - tolerance
        words = f"{value:.2f} {'+' if upward else '−'} 容差 {tolerance:.2f}" if tolerance else ""
        return lambda values: (line, words)
    field = feed.field(condition.against)
    assert field is not None  # proved by the parser
    share = Decimal(condition.margin or "0")

    def against(values: Mapping[str, object]) -> tuple[Decimal, str] | None:
        base = values.get(field.name)
        if not isinstance(base, Decimal):
            return None
        return to_fen(base * (1 + share)), f"{field.column} {base:.2f} ×（1 + {share}）" if share else field.column

    return against


def _one_of(field: Field, choices: tuple[str | int, ...]) -> Test:
    name, column = field.name, field.column
    allowed = frozenset(choices)
    listed = "、".join(field.label(choice) for choice in choices)

    def test(values: Mapping[str, object]) -> str | None:
        value = values.get(name)
        if isinstance(value, tuple):
            hits = [one for one in value if one in allowed]
            return f"{column} {'、'.join(field.label(one) for one in hits)} ∈ {{{listed}}}" if hits else None
        return f"{column} {field.label(value)} ∈ {{{listed}}}" if value in allowed else None

    return test


def _positive(field: Field) -> Test:
    name, column = field.name, field.column

    def test(values: Mapping[str, object]) -> str | None:
        value = values.get(name)
        return f"{column} {value} > 0" if isinstance(value, int) and value > 0 else None

    return test


def _holds(field: Field, wanted: bool) -> Test:
    name = field.name
    arithmetic = f"{field.column}：{field.label(wanted)}"
    return lambda values: arithmetic if values.get(name) is wanted else None


def _holds_or_unknown(field: Field) -> Test:
    name, column = field.name, field.column
    holds = _holds(field, True)

    def test(values: Mapping[str, object]) -> str | None:
        value = values.get(name)
        return f"{column}：未填，须查明" if value is None else holds(values)

    return test
