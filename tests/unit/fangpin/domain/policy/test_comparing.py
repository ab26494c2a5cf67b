"""One fact under every pack, and why it meets none."""

from datetime import date
from decimal import Decimal

import pytest

from fangpin.domain.policy import Fact
from fangpin.domain.policy.comparing import under_each
from fangpin.domain.register import Register
from fangpin.policies import load_packs

NOBODY = Register("", [])
BILL = {"self_paid": Decimal("6000.00")}


def whys(fact: Fact) -> dict[str, str]:
    return {one.pack.id: one.why for one in under_each(load_packs(), fact, NOBODY)}


def test_each_pack_answers_for_itself() -> None:
    assert whys(Fact("medical-expense", "", "m", date(2021, 10, 8), BILL)) == {
        "qingfeng-2021": "not-met",  # nobody's class is known
        "shuangjiang-2021": "met",
        "wengyuan-2020": "no-rule",
        "wengyuan-2023": "not-in-force",
        "xuwen-2021": "no-rule",
    }


def test_a_fact_before_every_document() -> None:
    assert set(whys(Fact("medical-expense", "", "m", date(2019, 10, 8), BILL)).values()) == {"not-in-force"}


@pytest.mark.parametrize(
    ("pack", "on", "period", "why"),
    [
        ("wengyuan-2023", date(2024, 2, 1), ("2023-02", "2024-01"), "no-value"),
        ("wengyuan-2020", date(2021, 2, 1), ("2020-01", "2020-02"), "period"),
    ],
)
def test_a_survey_of_no_dated_line_or_of_another_period(pack: str, on: date, period: tuple[str, str], why: str) -> None:
    fields = {"period_from": period[0], "period_to": period[1], "members": 1, "wage": Decimal(50000)}
    assert whys(Fact("income", "", "i", on, fields))[pack] == why
