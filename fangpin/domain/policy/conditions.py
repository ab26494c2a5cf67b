"""A condition compiled to a function: the arithmetic as the clause card prints it, or None when it does not hold."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from fangpin.domain.feeds import Feed, Field
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
    field = feed.field(condition.field or "")
    assert field is not None  # proved by the parser
    if condition.compare is not None:
        return _compare(field, condition.compare, Decimal(condition.value or "0"))
    if condition.one_of is not None:
        return _one_of(field, condition.one_of)
    if condition.positive is not None:
        return _positive(field)
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


def _compare(field: Field, comparator: str, line: Decimal) -> Test:
    name, sign = field.name, _SIGNS[comparator]
    holds: Callable[[Decimal], bool] = {
        ">=": line.__le__,
        ">": line.__lt__,
        "<": line.__gt__,
        "<=": line.__ge__,
    }[comparator]

    def test(values: Mapping[str, object]) -> str | None:
        value = values.get(name)
        if isinstance(value, Decimal) and holds(value):
            return f"{value:.2f} {sign} {line:.2f}"
        return None

    return test


def _one_of(field: Field, choices: tuple[str | int, ...]) -> Test:
    name, column = field.name, field.column
    allowed = frozenset(choices)
    labels = {slug: label for label, slug in reversed(list(field.labels.items()))}
    listed = "、".join(_label(labels, choice) for choice in choices)

    def test(values: Mapping[str, object]) -> str | None:
        value = values.get(name)
        if isinstance(value, tuple):
            hits = [one for one in value if one in allowed]
            return f"{column} {'、'.join(_label(labels, one) for one in hits)} ∈ {{{listed}}}" if hits else None
        return f"{column} {_label(labels, value)} ∈ {{{listed}}}" if value in allowed else None

    return test


def _label(labels: Mapping[str, str], choice: object) -> str:
    return labels.get(str(choice), str(choice))


def _positive(field: Field) -> Test:
    name, column = field.name, field.column

    def test(values: Mapping[str, object]) -> str | None:
        value = values.get(name)
        return f"{column} {value} > 0" if isinstance(value, int) and value > 0 else None

    return test


def _holds(field: Field, wanted: bool) -> Test:
    name = field.name
    arithmetic = f"{field.column}：{'是' if wanted else '否'}"
    return lambda values: arithmetic if values.get(name) is wanted else None
