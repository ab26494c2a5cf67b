"""Income lines on the way from a record to a finding: arithmetic, purposes, notes, corrections."""

from datetime import date
from typing import Any

import pytest

from fangpin.domain.policy import Finding
from fangpin.domain.replay import Result, replay
from fangpin.policies import load_book
from tests.records import NOW, PERSON, Raw, bill, common, household

BOOK = load_book()
YEAR = {"period_from": "2022-08", "period_to": "2023-07", "members": 1}


def survey(county: str, surveyed_on: str, wage: str, record_id: str = "i-1", **more: Any) -> Raw:
    own = {"surveyed_on": surveyed_on, "wage": wage, "reported_at": "2024-06-01T10:00:00+08:00", **YEAR, **more}
    return {**common("income", record_id, subject={"household_no": "H1"}, **own), "county_code": county}


def judged(county: str, *raws: Raw) -> Result:
    return replay([{**raw, "county_code": county} for raw in (household(), *raws)], BOOK, date(2024, 12, 31), NOW)


def only(result: Result) -> Finding:
    ((_, _, finding),) = result.findings
    return finding


@pytest.mark.parametrize(
    ("surveyed_on", "wage", "purposes"),
    [
        ("2023-06-30", "10420.00", ["enter"]),
        ("2023-06-30", "10500.00", []),
        ("2023-07-01", "10420.00", ["enter", "warn"]),
        ("2023-08-15", "10500.00", ["warn"]),
        ("2023-10-31", "10600.00", []),
        ("2023-11-01", "10600.00", ["warn"]),
        ("2023-12-31", "10799.99", ["warn"]),
        ("2024-01-01", "10500.00", []),
        ("2024-01-01", "10420.00", ["enter"]),
    ],
)
def test_wengyuan_2023_enters_and_warns(surveyed_on: str, wage: str, purposes: list[str]) -> None:
    result = judged("440229", survey("440229", surveyed_on, wage))
    assert sorted(met.purpose for _, _, finding in result.findings for _, met in finding.rules) == purposes
    said = [remark.problem.message for remark in result.remarks if remark.problem.code == "NO_POLICY"]
    assert len(said) == (surveyed_on == "2024-01-01")
    assert all("2024年" in message for message in said)


@pytest.mark.parametrize(("year", "words"), [(2022, "2021至2025年"), (2025, "2021至2025年"), (2026, "只规定到2025年")])
def test_xuwen_says_of_which_years_its_document_has_a_line(year: int, words: str) -> None:
    notes = BOOK.notes(
        "440825", "income", date(year, 2, 1), {"period_from": f"{year - 1}-12", "period_to": f"{year}-01"}
    )
    assert words in (notes["NO_POLICY"] or "")


def test_the_comparison_comes_first_and_the_computation_after_it() -> None:
    finding = only(judged("440229", survey("440229", "2023-08-15", "31500.00", members=3)))
    ((_, met),) = finding.rules
    assert met.arithmetic == (
        "10500.00 < 10600.00（人均可支配收入 =（C1 31500.00 + C2 0.00 + C3 0.00 + C4 0.00 − C5 0.00）÷ 3 人；"
        "收入月份 2022-08 至 2023-07，12 个月）"
    )


def test_a_survey_of_three_months_is_warned_by_a_line_for_a_year_and_the_card_says_so() -> None:
    finding = only(judged("440229", survey("440229", "2023-08-15", "10500.00", period_from="2023-05")))
    ((_, met),) = finding.rules
    assert met.arithmetic.endswith("；收入月份 2023-05 至 2023-07，3 个月）")
    assert any("年人均可支配收入" in words for words in BOOK.rule(met.pack, met.rule_id).unknown)


def test_an_estimate_says_so() -> None:
    raw = survey("440825", "2021-05-20", "4800.00", period_from="2020-12", period_to="2021-05")
    ((_, met),) = only(judged("440825", raw)).rules
    assert met.arithmetic.startswith("9600.00 ≤ 9600.00（估计：")


def test_a_correction_crosses_the_line_both_ways() -> None:
    over, under = survey("440229", "2023-08-15", "10600.00"), survey("440229", "2023-08-15", "10599.99")
    assert judged("440229", over, {**under, "revision": 2}).findings
    assert not judged("440229", under, {**over, "revision": 2}).findings
    assert not judged("440229", {**over, "revision": 2}, under).findings


def test_a_later_survey_does_not_undo_an_earlier_one() -> None:
    raws = [survey("440229", "2023-08-15", "10000.00"), survey("440229", "2023-09-15", "90000.00", "i-2")]
    assert only(judged("440229", *raws)).evidence == ("i-1",)


def test_another_period_is_noted_with_what_to_do() -> None:
    result = judged("440229", survey("440229", "2020-07-15", "100.00", period_from="2019-06", period_to="2020-05"))
    assert not result.findings
    assert [(one.problem.code, one.note) for one in result.remarks] == [("PERIOD_OTHER", True)]
    assert "收入计算周期" in result.remarks[0].problem.message


def test_the_household_is_that_of_the_day_of_the_survey() -> None:
    later = household(
        record_id="r-2", occurred_on="2023-08-16", reported_at="2023-08-17T09:00:00+08:00", **{"class": "ordinary"}
    )
    assert judged("440229", later, survey("440229", "2023-08-15", "10000.00")).findings
    assert not judged("440229", later, survey("440229", "2023-08-16", "10000.00")).findings


def test_spending_names_both_sides() -> None:
    raw = common(
        "spending",
        "s-1",
        subject={"household_no": "H1"},
        year=2021,
        medical="20000.00",
        education="5000.00",
        housing="0.00",
        other_rigid="0.01",
        last_year_income="25000.00",
        surveyed_on="2021-10-20",
    )
    ((_, met),) = only(judged("410922", raw)).rules
    assert met.arithmetic == (
        "25000.01 > 25000.00（刚性支出 = 医疗 20000.00 + 教育 5000.00 + 住房 0.00 + 其他 0.01；上年度家庭收入）"
    )


@pytest.mark.parametrize("county", ["410922", "440229", "440825", "530925"])
@pytest.mark.parametrize("risk", ["illness", "water", "other"])
def test_a_clue_warns_at_once_with_the_risk_that_it_names(county: str, risk: str) -> None:
    suspected = common(
        "suspected-household",
        "c-1",
        subject={"household_no": "H1"},
        risk=risk,
        reason="示例情况",
        month="2021-10",
        found_on="2021-10-20",
    )
    own = {"channel": "paper", "ticket_no": "T1", "statement": "示例情况", "received_on": "2021-10-21", "risk": risk}
    report = common("self-report", "c-2", subject={"household_no": "H1"}, **own)
    finding = only(judged(county, suspected, report))
    assert (finding.risk, finding.evidence, finding.since) == (risk, ("c-1", "c-2"), date(2021, 10, 20))


def test_who_shares_no_income_still_warns_and_the_card_says_so() -> None:
    members = [
        {"id_number": PERSON, "name": "示例甲", "relation": "户主", "joined_on": "2010-01-01", "shares_income": False}
    ]
    result = replay([household(members=members), bill()], BOOK, date(2021, 12, 31), NOW)
    ((_, met),) = only(result).rules
    assert met.arithmetic == "6234.50 ≥ 6000.00（登记为不共享收支的成员：是否计入本户，须由人核定）"
