"""Each line of the packs just below, at and just above; each date edge."""

from datetime import date
from typing import Any

import pytest

from fangpin.domain.replay import replay
from fangpin.policies import load_book
from tests.records import NOW, OTHER, PERSON, bill, common, household

BOOK = load_book()


def risks(*raws: dict[str, Any], on: str = "2021-12-31") -> list[tuple[str, str]]:
    result = replay(raws, BOOK, date.fromisoformat(on), NOW)
    return [(finding.risk, finding.since.isoformat()) for _, _, finding in result.findings]


def qingfeng(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "county_code": "410922"}


@pytest.mark.parametrize(("amount", "met"), [("5999.99", False), ("6000.00", True), ("6000.01", True)])
def test_shuangjiang_bill(amount: str, met: bool) -> None:
    assert (risks(household(), bill(self_paid=amount)) == [("illness", "2021-10-08")]) is met


@pytest.mark.parametrize(
    ("household_class", "amount", "met"),
    [
        ("out-of-poverty", "5499.99", False),
        ("out-of-poverty", "5500.00", False),
        ("out-of-poverty", "5500.01", True),
        ("ordinary", "10999.99", False),
        ("ordinary", "11000.00", False),
        ("ordinary", "11000.01", True),
    ],
)
def test_qingfeng_bill(household_class: str, amount: str, met: bool) -> None:
    register = qingfeng(household(**{"class": household_class}))
    assert bool(risks(register, qingfeng(bill(self_paid=amount)))) is met


@pytest.mark.parametrize(("settled", "met"), [("2021-03-03", False), ("2021-03-04", True)])
def test_before_the_document_of_qingfeng_nothing_is_met(settled: str, met: bool) -> None:
    stay = qingfeng(bill(self_paid="5500.01", admitted_on="2021-03-01", settled_on=settled))
    assert bool(risks(qingfeng(household()), stay)) is met


def test_the_class_is_not_that_of_a_later_day() -> None:
    first = qingfeng(household())
    second = qingfeng(household(record_id="r-2", occurred_on="2021-10-09", **{"class": "ordinary"}))
    assert risks(first, second, qingfeng(bill(self_paid="5500.01")))


def test_a_withdrawal_before_its_record() -> None:
    gone = common("medical-expense", "m-1", revision=2, status="withdrawn", subject={"id_number": PERSON})
    gone["occurred_on"] = "2021-10-08"
    assert not risks(household(), gone, bill())
    assert risks(household(), gone, bill(revision=3))


def test_F16_F17_duplicates_and_a_revision_used_twice() -> None:
    result = replay([household(), bill(), bill(), bill(self_paid="7000.00")], BOOK, date(2021, 12, 31), NOW)
    assert [(one.problem.code, one.note) for one in result.remarks] == [("ID_REUSED", False)]
    ((_, _, finding),) = result.findings
    assert [met.arithmetic for _, met in finding.rules] == ["6234.50 ≥ 6000.00"]


def test_one_illness_is_one_finding_with_all_its_evidence() -> None:
    raws = [household(), bill("m-2", settled_on="2021-10-20"), bill("m-1", settled_on="2021-10-08")]
    result = replay(raws, BOOK, date(2021, 12, 31), NOW)
    ((_, _, finding),) = result.findings
    assert (finding.since, finding.evidence) == (date(2021, 10, 8), ("m-1", "m-2"))
    assert not replay(raws, BOOK, date(2021, 10, 7), NOW).findings


def test_class_is_that_of_the_settlement_date() -> None:
    before = qingfeng(household(**{"class": "ordinary"}))
    after = qingfeng(household(record_id="r-2", occurred_on="2021-10-08", reported_at="2021-10-09T09:00:00+08:00"))
    assert risks(before, after, qingfeng(bill(self_paid="6000.00")))
    assert not risks(before, after, qingfeng(bill(self_paid="6000.00", settled_on="2021-10-07")))


@pytest.mark.parametrize(("settled", "met"), [("2021-09-27", False), ("2021-09-28", True)])
def test_before_the_document_nothing_is_met(settled: str, met: bool) -> None:
    assert bool(risks(household(), bill(admitted_on="2021-09-01", settled_on=settled))) is met


def work(last: str, **more: Any) -> dict[str, Any]:
    subject = {"id_number": PERSON}
    own = {"situation": "not-resumed", "migrant": True, "last_worked_on": last, **more}
    return common("unemployment", "u-1", subject=subject, reported_at="2024-04-01T10:00:00+08:00", **own)


@pytest.mark.parametrize(
    ("last", "on", "met"),
    [
        ("2022-01-31", "2022-02-27", False),
        ("2022-01-31", "2022-02-28", True),
        ("2024-01-31", "2024-02-28", False),
        ("2024-01-31", "2024-02-29", True),
        ("2021-08-27", "2021-12-31", False),
        ("2021-08-28", "2021-12-31", True),
        ("2022-10-01", "2022-10-31", False),
        ("2022-10-01", "2022-11-01", True),
    ],
)
def test_one_calendar_month(last: str, on: str, met: bool) -> None:
    assert bool(risks(household(), work(last), on=on)) is met


@pytest.mark.parametrize(
    ("situation", "migrant", "since"),
    [
        ("not-resumed", True, "2021-11-12"),
        ("not-resumed", False, None),
        ("returned-unemployed", False, "2021-10-12"),
        ("unstable", True, "2021-10-12"),
    ],
)
def test_situations_out_of_work(situation: str, migrant: bool, since: str | None) -> None:
    raw = work("2021-10-12", situation=situation, migrant=migrant)
    assert risks(household(), raw) == ([("unemployment", since)] if since else [])
    assert risks(qingfeng(household()), qingfeng(raw)) == [("unemployment", "2021-10-12")]


@pytest.mark.parametrize(("last", "noted"), [("2021-08-27", True), ("2021-08-28", False), ("2021-09-28", False)])
def test_no_policy_goes_by_the_day_on_which_the_rule_would_be_met(last: str, noted: bool) -> None:
    result = replay([household(), work(last)], BOOK, date(2021, 12, 31), NOW)
    assert [(one.problem.code, one.note) for one in result.remarks] == ([("NO_POLICY", True)] if noted else [])


@pytest.mark.parametrize(
    ("last", "own", "noted", "met"),
    [
        ("2021-08-28", {"situation": "unstable"}, True, False),
        ("2021-09-27", {"situation": "returned-unemployed"}, True, False),
        ("2021-09-28", {"situation": "unstable"}, False, True),
        ("2021-09-27", {"migrant": False}, True, False),
        ("2021-09-28", {"migrant": False}, False, False),
        ("2021-09-10", {"resumed_on": "2021-10-09"}, True, False),
        ("2021-09-10", {"resumed_on": "2021-10-10"}, False, True),
    ],
)
def test_no_policy_before_every_document_for_what_no_rule_waits_for(
    last: str, own: dict[str, object], noted: bool, met: bool
) -> None:
    result = replay([household(), work(last, **own)], BOOK, date(2021, 12, 31), NOW)
    assert [one.problem.code for one in result.remarks] == (["NO_POLICY"] if noted else [])
    assert bool(result.findings) is met


def test_a_county_without_a_pack_is_said() -> None:
    raws = [{**raw, "county_code": "440233"} for raw in (household(), bill())]
    result = replay(raws, BOOK, date(2021, 12, 31), NOW)
    assert not result.findings
    assert [one.problem.code for one in result.remarks] == ["NO_POLICY"]


@pytest.mark.parametrize(("resumed", "met"), [("2022-10-31", False), ("2022-11-01", True), ("2022-12-01", True)])
def test_back_at_work_before_the_month_was_over(resumed: str, met: bool) -> None:
    assert bool(risks(household(), work("2022-10-01", resumed_on=resumed), on="2023-01-01")) is met


@pytest.mark.parametrize(
    ("kind", "grade", "kinds", "met"),
    [
        (3, 1, None, True),
        (3, 2, None, True),
        (3, 3, None, False),
        (5, 3, None, True),
        (6, 4, None, True),
        (7, 3, None, False),
        (7, 3, [5, 1], True),
        (7, 4, [1, 2], False),
    ],
)
def test_shuangjiang_disability(kind: int, grade: int, kinds: list[int] | None, met: bool) -> None:
    raw = common(
        "disability",
        "d-1",
        subject={"id_number": PERSON},
        certificate_no=f"{PERSON}{kind}{grade}",
        kind=kind,
        grade=grade,
        certified_on="2021-10-20",
        **({"kinds": kinds} if kinds else {}),
    )
    assert bool(risks(household(), raw)) is met
    assert risks(qingfeng(household()), qingfeng(raw)) == [("disability", "2021-10-20")]


def loss(**more: Any) -> dict[str, Any]:
    own = {"hazard": "flood", "damage": ["crop"], "deaths": 0, "missing": 0, "severe": False, "struck_on": "2021-10-20"}
    return common("disaster-loss", "x-1", **{"subject": {"household_no": "H1"}, **own, **more})


def test_disasters() -> None:
    assert risks(household(), loss())
    assert not risks(qingfeng(household()), qingfeng(loss()))
    assert not risks(qingfeng(household()), qingfeng(loss(damage=["casualty"])))
    for more in ({"severe": True}, {"deaths": 1}, {"missing": 1}, {"damage": ["house-collapsed"]}):
        assert risks(qingfeng(household()), qingfeng(loss(**more))), more


@pytest.mark.parametrize(("grade", "met"), [("A", False), ("B", False), ("C", True), ("D", True)])
def test_houses(grade: str, met: bool) -> None:
    own = {"house_no": "F-1", "grade": grade, "graded_on": "2021-10-12"}
    raw = common("dangerous-house", "h-1", subject={"id_number": PERSON}, **own)
    assert bool(risks(household(), raw)) is met
    assert bool(risks(qingfeng(household()), qingfeng(raw))) is met


def test_two_stays_are_never_added() -> None:
    assert not risks(household(), bill("m-1", "4000.00"), bill("m-2", "4000.00"))


def test_a_correction_crosses_the_line_both_ways() -> None:
    assert not risks(household(), bill(), bill(self_paid="5999.99", revision=2))
    assert risks(household(), bill(self_paid="5999.99"), bill(self_paid="6000.00", revision=2))


def test_F6_unknown_person_is_unmatched() -> None:
    result = replay([household(), bill(subject={"id_number": OTHER})], BOOK, date(2021, 12, 31), NOW)
    assert [(one.problem.code, one.note) for one in result.remarks] == [("UNMATCHED", False)]


def test_F7_person_of_two_households_is_ambiguous_until_one_is_named() -> None:
    both = [household(), household("H2", "r-2")]
    result = replay([*both, bill()], BOOK, date(2021, 12, 31), NOW)
    assert [one.problem.code for one in result.remarks] == ["AMBIGUOUS"]
    assert not result.findings
    named = replay([*both, bill(subject={"id_number": PERSON, "household_no": "H2"})], BOOK, date(2021, 12, 31), NOW)
    assert [household_no for _, household_no, _ in named.findings] == ["H2"]


@pytest.mark.parametrize(("name", "noted"), [("示例甲", False), ("示·例甲", False), ("示例龑", True)])
def test_F8_F9_names_are_compared_without_dots(name: str, noted: bool) -> None:
    result = replay([household(), bill(subject={"id_number": PERSON, "name": name})], BOOK, date(2021, 12, 31), NOW)
    assert ([one.problem.code for one in result.remarks] == ["NAME_DIFF"]) is noted


def test_F18_dead_person_is_matched_and_noted() -> None:
    member = {
        "id_number": PERSON,
        "name": "示例甲",
        "relation": "户主",
        "joined_on": "2010-01-01",
        "died_on": "2021-05-01",
    }
    result = replay([household(members=[member]), bill()], BOOK, date(2021, 12, 31), NOW)
    assert [one.problem.code for one in result.remarks] == ["PERSON_DEAD"]
    assert result.findings
