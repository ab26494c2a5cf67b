"""Who receives 低保 on a day: the household by its register or its own record, or a member of that day."""

from datetime import date
from typing import Any

import pytest

from fangpin.domain.replay import replay
from fangpin.policies import load_book
from tests.records import CHILD, NOW, OTHER, PERSON, Raw, common, household

BOOK = load_book()
MEMBERS = [
    {"id_number": PERSON, "name": "示例甲", "relation": "户主", "joined_on": "2010-01-01"},
    {"id_number": OTHER, "name": "示例乙", "relation": "配偶", "joined_on": "2010-01-01", "left_on": "2021-06-01"},
]
SURVEY = {
    "period_from": "2020-09",
    "period_to": "2021-08",
    "members": 1,
    "wage": "5000.00",
    "surveyed_on": "2021-09-01",
}


def qingfeng(raw: Raw) -> Raw:
    return {**raw, "county_code": "410922"}


def warned(*raws: Raw) -> list[str]:
    survey = common("income", "i-1", subject={"household_no": "H1"}, **SURVEY)
    result = replay([qingfeng(raw) for raw in (*raws, survey)], BOOK, date(2021, 12, 31), NOW)
    return [number for _, number, finding in result.findings if finding.risk == "income"]


def aid(subject: dict[str, Any], first: str = "2021-01-01", **more: Any) -> Raw:
    return common("assistance", "a-1", **{"subject": subject, "kind": "subsistence", "from": first, **more})


def test_without_assistance_the_household_is_warned() -> None:
    assert warned(household()) == ["H1"]


def test_a_record_of_the_household_or_of_a_member() -> None:
    assert warned(household(), aid({"household_no": "H1"})) == []
    assert warned(household(), aid({"id_number": PERSON})) == []


def test_a_member_who_had_left_by_that_day_does_not_count() -> None:
    assert warned(household(members=MEMBERS), aid({"id_number": OTHER})) == ["H1"]


def test_a_member_brings_the_allowance_into_the_household() -> None:
    first = household("H2", "r-2", members=[{**MEMBERS[1], "id_number": CHILD, "left_on": "2021-03-01"}])
    joined = {"id_number": CHILD, "name": "示例丙", "relation": "子女", "joined_on": "2021-03-01"}
    assert warned(first, household(members=[MEMBERS[0], joined]), aid({"id_number": CHILD})) == []
    late = household(members=[MEMBERS[0], {**joined, "joined_on": "2021-09-02"}])
    assert warned(first, late, aid({"id_number": CHILD})) == ["H1"]


def test_a_person_of_no_household_counts_for_the_one_that_is_named() -> None:
    assert warned(household(), aid({"id_number": CHILD, "household_no": "H1"})) == []


@pytest.mark.parametrize(
    ("more", "met"),
    [({}, False), ({"kind": "temporary"}, True), ({"until": "2021-08-31"}, True), ({"until": "2021-09-01"}, False)],
)
def test_kind_and_last_day(more: dict[str, Any], met: bool) -> None:
    assert bool(warned(household(), aid({"id_number": PERSON}, **more))) is met


def test_withdrawn_assistance_is_none() -> None:
    gone = aid({"id_number": PERSON}, revision=2, status="withdrawn")
    assert warned(household(), aid({"id_number": PERSON}), gone) == ["H1"]
