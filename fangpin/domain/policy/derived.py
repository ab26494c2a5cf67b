"""Amounts that no record holds and that rules compare: income a head, a year's income projected, rigid spending.

Each is computed exactly and rounded once, to the fen, half up; the computation comes back in words, for the clause card.
No formula stands in the documents: docs/decisions/0009-income-a-head.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from fangpin.domain.policy.periods import YEAR, length, months_of

Amounts = Mapping[str, object]
_FEN = Decimal("0.01")
_NOUGHT = Decimal("0.00")
_INCOME = (
    ("C1", ("wage",)),
    ("C2", ("business",)),
    ("C3", ("asset_dividend", "other_property")),
    (
        "C4",
        ("family_planning", "subsistence", "destitute", "pension", "eco_compensation", "other_transfer"),
    ),
)
_RIGID = (("医疗", "medical"), ("教育", "education"), ("住房", "housing"), ("其他", "other_rigid"))


@dataclass(frozen=True, slots=True)
class Derived:
    """A computed amount: its Chinese title, and the function that gives it with its computation; None: not computable."""

    title: str
    compute: Callable[[Amounts], tuple[Decimal, str] | None]


def to_fen(amount: Decimal, divisor: int = 1) -> Decimal:
    """The amount divided and rounded to the fen, half up. Exact: sixty places are more than any sum of records has."""
    with localcontext() as context:
        context.prec = 60
        return (amount / divisor).quantize(_FEN, rounding=ROUND_HALF_UP)


def _amount(values: Amounts, name: str) -> Decimal:
    value = values.get(name)
    return value if isinstance(value, Decimal) else _NOUGHT


def _net(values: Amounts) -> tuple[Decimal, str]:
    """Income of the household in the period less what its business cost, and the sum in words."""
    parts = [(name, sum((_amount(values, one) for one in fields), _NOUGHT)) for name, fields in _INCOME]
    cost = _amount(values, "business_cost")
    words = " + ".join(f"{name} {amount:.2f}" for name, amount in parts) + f" − C5 {cost:.2f}"
    return sum((amount for _, amount in parts), _NOUGHT) - cost, words


def _members(values: Amounts) -> int:
    members = values.get("members")
    return members if isinstance(members, int) else 0


def per_capita(values: Amounts) -> tuple[Decimal, str] | None:
    """(C1 + C2 + C3 + C4 − C5) ÷ members, of whatever months the survey covers; the words name these."""
    members = _members(values)
    if members < 1:
        return None
    net, words = _net(values)
    words = f"人均可支配收入 =（{words}）÷ {members} 人"
    if months_of(values) is not None:
        words += f"；收入月份 {values['period_from']} 至 {values['period_to']}，{length(values)} 个月"
    return to_fen(net, members), words


def projected_per_capita(values: Amounts) -> tuple[Decimal, str] | None:
    """The same for the whole income year: what is expected of the rest added, else the months in proportion."""
    members, months = _members(values), length(values)
    if members < 1 or months < 1:
        return None
    net, words = _net(values)
    if months >= YEAR:
        return to_fen(net, members), f"全年人均可支配收入 =（{words}）÷ {members} 人"
    rest = values.get("expected_rest")
    if isinstance(rest, Decimal):
        total, how = (
            net + rest,
            f"全年人均可支配收入 =（{months} 个月实际：{words}；预计余下月份 {rest:.2f}）÷ {members} 人",
        )
        return to_fen(total, members), how
    how = f"估计：全年人均可支配收入 =（{months} 个月实际：{words}）÷ {months} 个月 × {YEAR} 个月 ÷ {members} 人"
    return to_fen(net * YEAR, months * members), how


def rigid_spending(values: Amounts) -> tuple[Decimal, str] | None:
    """Medical, education, housing and other rigid spending of the year."""
    parts = [(title, _amount(values, name)) for title, name in _RIGID]
    total = sum((amount for _, amount in parts), _NOUGHT)
    return to_fen(total), "刚性支出 = " + " + ".join(f"{title} {amount:.2f}" for title, amount in parts)


DERIVED: Mapping[str, Mapping[str, Derived]] = {
    "income": {
        "per-capita": Derived("人均可支配收入", per_capita),
        "projected-per-capita": Derived("预计全年人均可支配收入", projected_per_capita),
    },
    "spending": {"rigid": Derived("刚性支出", rigid_spending)},
}
