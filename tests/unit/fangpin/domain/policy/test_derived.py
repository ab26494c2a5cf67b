"""Computed amounts: exact, rounded once, half up; a year that is not over is projected."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangpin.domain.policy.derived import per_capita, projected_per_capita, rigid_spending, to_fen

MONEY = st.integers(0, 500_000_000).map(lambda fen: Decimal(fen) / 100)


def half_up(amount: Fraction) -> Fraction:
    """To the fen, half away from nought, in whole numbers only."""
    fen = abs(amount) * 100
    whole = (2 * fen.numerator + fen.denominator) // (2 * fen.denominator)
    return Fraction(whole if amount >= 0 else -whole, 100)


@given(MONEY, MONEY, MONEY, st.integers(1, 60))
def test_income_a_head_is_exact_and_rounded_half_up(
    wage: Decimal, transfer: Decimal, cost: Decimal, members: int
) -> None:
    values = {"wage": wage, "other_transfer": transfer, "business_cost": cost, "members": members}
    found = per_capita(values)
    assert found is not None
    assert Fraction(found[0]) == half_up(Fraction(wage + transfer - cost) / members)


@given(MONEY, st.integers(1, 60), st.integers(1, 12))
def test_a_part_of_a_year_in_proportion(wage: Decimal, members: int, months: int) -> None:
    values = {"wage": wage, "members": members, "period_from": "2021-01", "period_to": f"2021-{months:02}"}
    found = projected_per_capita(values)
    assert found is not None
    assert Fraction(found[0]) == half_up(Fraction(wage) * 12 / (months * members))
    assert found[1].startswith("估计") is (months < 12)


def test_what_is_expected_of_the_rest_takes_the_place_of_the_estimate() -> None:
    values = {"wage": Decimal("100.00"), "members": 2, "period_from": "2020-12", "period_to": "2021-05"}
    found = projected_per_capita({**values, "expected_rest": Decimal("50.01")})
    assert found is not None
    assert found[0] == Decimal("75.01")
    assert "预计余下月份 50.01" in found[1]
    assert not found[1].startswith("估计")


@pytest.mark.parametrize(
    ("amount", "divisor", "rounded"), [("0.03", 2, "0.02"), ("0.01", 3, "0.00"), ("1.00", 3, "0.33")]
)
def test_the_fen(amount: str, divisor: int, rounded: str) -> None:
    assert to_fen(Decimal(amount), divisor) == Decimal(rounded)


def test_the_computation_is_in_words() -> None:
    found = per_capita(
        {"wage": Decimal("9.00"), "business": Decimal("3.50"), "business_cost": Decimal("0.50"), "members": 3}
    )
    assert found == (Decimal("4.00"), "人均可支配收入 =（C1 9.00 + C2 3.50 + C3 0.00 + C4 0.00 − C5 0.50）÷ 3 人")
    assert rigid_spending({"medical": Decimal("1.00"), "housing": Decimal("2.00")}) == (
        Decimal("3.00"),
        "刚性支出 = 医疗 1.00 + 教育 0.00 + 住房 2.00 + 其他 0.00",
    )


def test_nobody_has_no_income_a_head() -> None:
    assert per_capita({"wage": Decimal("1.00")}) is None
