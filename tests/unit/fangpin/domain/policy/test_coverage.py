"""The check of completeness notices each case that is taken out of a table."""

import msgspec
import pytest

from fangpin.domain.policy.cases import CaseTable, try_cases
from fangpin.domain.policy.coverage import coverage_faults
from fangpin.policies import load_book, load_cases, load_specimens

BOOK = load_book()


def faults(pack_id: str, table: CaseTable) -> list[str]:
    pack = BOOK.packs[pack_id]
    return list(coverage_faults(pack, list(try_cases(pack, table, BOOK, load_specimens()))))


@pytest.mark.parametrize(
    ("pack_id", "rule", "amount", "fault"),
    [
        ("shuangjiang-2021", "medical-self-paid", {"self_paid": "5999.99"}, "缺少刚低于界线"),
        ("shuangjiang-2021", "income-floor", {"wage": "6000.00"}, "缺少恰好等于界线"),
        ("qingfeng-2021", "spending-surge", {"medical": "10000.01"}, "缺少刚高于界线"),
        ("qingfeng-2021", "education-cost", {"burden_high": False}, "缺少 burden_high 不成立的案例"),
        ("qingfeng-2021", "house-grade-c-d", {"grade": "D"}, "缺少 grade 为 D 的案例"),
        (
            "wengyuan-2020",
            "income-enter",
            {"wage": "9000.00", "livelihood_unstable": None},
            "缺少 livelihood_unstable 不明的案例",
        ),
    ],
)
def test_a_case_that_is_taken_out_is_missed(pack_id: str, rule: str, amount: dict[str, object], fault: str) -> None:
    table = load_cases(pack_id)
    kept = tuple(case for case in table.cases[rule] if case.fact != amount)
    assert len(kept) < len(table.cases[rule])
    found = faults(pack_id, msgspec.structs.replace(table, cases={**table.cases, rule: kept}))
    assert any(one.startswith(f"规则 {rule}：") and fault in one for one in found), found


@pytest.mark.parametrize(
    ("pack_id", "rule", "day", "fault"),
    [
        ("shuangjiang-2021", "medical-self-paid", "2021-09-27", "缺少 2021-09-27（政策包的起止日前后）"),
        ("wengyuan-2020", "income-enter", "2023-04-21", "缺少 2023-04-21（政策包的起止日前后）"),
        ("wengyuan-2023", "income-warn-2023-07", "2023-10-31", "缺少 2023-10-31（规则的起止日前后）"),
        ("shuangjiang-2021", "migrant-not-resumed", "2022-01-31", "缺少期满前一日和期满当日的案例"),
    ],
)
def test_a_date_that_is_taken_out_is_missed(pack_id: str, rule: str, day: str, fault: str) -> None:
    table = load_cases(pack_id)
    cases = {
        name: tuple(case for case in own if str(case.day) != day and (name != rule or str(case.day) != "2024-01-31"))
        for name, own in table.cases.items()
    }
    found = faults(pack_id, msgspec.structs.replace(table, cases=cases))
    assert any(fault in one for one in found), found


def test_a_rule_without_cases_is_missed() -> None:
    table = load_cases("xuwen-2021")
    cases = {name: own for name, own in table.cases.items() if name != "self-report"}
    assert faults("xuwen-2021", msgspec.structs.replace(table, cases=cases)) == ["规则 self-report：缺少符合条件的案例"]
