"""Income surveys that are judged by who receives 低保, whatever comes first."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest

from fangpin import database
from tests.desk import Desk
from tests.records import CHILD, OTHER, PERSON, Raw, common, household

COUNTY = "410922"
WARNED = {("H1", "income", 1): ("open", ["i-1"])}
WITHDRAWN = {("H1", "income", 1): ("withdrawn", [])}


@pytest.fixture
def desk(fresh_database: str) -> Iterator[Desk]:
    with database.connect(fresh_database) as conn:
        found = Desk(conn)
        found.take(own(common("clock", "c-1", date="2021-12-01", reported_at="2021-12-01T08:00:00+08:00")))
        yield found


def own(raw: Raw) -> Raw:
    return {**raw, "county_code": COUNTY}


def family(*numbers: str, household_no: str = "H1", record_id: str = "r-1", **more: Any) -> Raw:
    members = [
        {"id_number": number, "name": "示例", "relation": "成员", "joined_on": "2010-01-01"}
        | ({"left_on": more["left_on"]} if "left_on" in more else {})
        for number in numbers
    ]
    return own(household(household_no, record_id, members, **{k: v for k, v in more.items() if k != "left_on"}))


def survey(record_id: str = "i-1", **more: Any) -> Raw:
    months = {"period_from": "2020-09", "period_to": "2021-08", "members": 1, "wage": "5000.00"}
    subject = {"household_no": "H1"}
    return own(common("income", record_id, **{"subject": subject, **months, "surveyed_on": "2021-09-01", **more}))


def aid(number: str = PERSON, **more: Any) -> Raw:
    subject = {"id_number": number}
    return own(common("assistance", "a-1", **{"subject": subject, "kind": "subsistence", "from": "2021-01-01", **more}))


def test_assistance_that_comes_later_takes_the_warning_away_and_its_withdrawal_brings_it_back(desk: Desk) -> None:
    desk.take(family(PERSON), survey())
    assert desk.warnings() == WARNED
    desk.take(aid())
    assert desk.warnings() == WITHDRAWN
    assert desk.events("WarningWithdrawn")[-1]["reason"] == "circumstances"
    desk.take(aid(revision=2, status="withdrawn"))
    assert desk.warnings() == WARNED
    assert not desk.events("SignalMoved", "SignalCorrected")


def test_a_correction_of_the_last_day_counts(desk: Desk) -> None:
    desk.take(family(PERSON), survey(), aid(until="2021-08-31"))
    assert desk.warnings() == WARNED
    desk.take(aid(until="2021-09-01", revision=2))
    assert desk.warnings() == WITHDRAWN


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_within_one_batch_and_over_batches_does_not_matter(desk: Desk, order: tuple[int, ...]) -> None:
    raws = [family(PERSON), survey(), aid()]
    desk.take(*(raws[place] for place in order))
    assert desk.warnings() == {}
    desk.take(*(raws[place] for place in order))
    assert desk.warnings() == {}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_one_batch_each(desk: Desk, order: tuple[int, ...]) -> None:
    raws = [family(PERSON), survey(), aid()]
    for place in order:
        desk.take(raws[place])
    assert {status for status, _ in desk.warnings().values()} <= {"withdrawn"}


def test_the_allowance_comes_with_a_member_from_another_household(desk: Desk) -> None:
    desk.take(family(PERSON), family(CHILD, household_no="H2", record_id="r-2"), survey(), aid(CHILD))
    assert desk.warnings() == WARNED
    desk.take(
        family(PERSON, CHILD, revision=2),
        family(CHILD, household_no="H2", record_id="r-2", revision=2, left_on="2010-01-01"),
    )
    assert desk.warnings() == WITHDRAWN


def test_a_register_that_is_corrected_is_judged_again(desk: Desk) -> None:
    desk.take(family(PERSON), survey())
    desk.take(family(PERSON, on_subsistence_allowance=True, revision=2))
    assert desk.warnings() == WITHDRAWN
    desk.take(family(PERSON, revision=3, **{"class": "ordinary"}))
    assert desk.warnings() == WITHDRAWN
    desk.take(family(PERSON, revision=4))
    assert desk.warnings() == WARNED


def test_assistance_of_the_whole_household(desk: Desk) -> None:
    desk.take(family(PERSON), survey())
    desk.take(aid(subject={"household_no": "H1"}))
    assert desk.warnings() == WITHDRAWN


def test_assistance_of_a_stranger_changes_nothing(desk: Desk) -> None:
    desk.take(family(PERSON), family(OTHER, household_no="H2", record_id="r-2"), survey())
    desk.take(
        aid(OTHER),
        own(common("assistance", "a-2", subject={"id_number": CHILD}, kind="subsistence", **{"from": "2021-01-01"})),
    )
    assert desk.warnings() == WARNED


def test_a_person_of_no_household_counts_by_the_household_until_the_register_says_otherwise(desk: Desk) -> None:
    desk.take(family(PERSON), survey(), aid(CHILD, subject={"id_number": CHILD, "household_no": "H1"}))
    assert desk.warnings() == {}
    desk.take(family(CHILD, household_no="H2", record_id="r-2"))
    assert desk.warnings() == WARNED


def test_the_notes_of_a_fact_stand_on_its_signal(desk: Desk) -> None:
    county = {"county_code": "440229"}
    desk.take(
        {**family(PERSON), **county},
        {**survey(surveyed_on="2024-01-15"), **county, "reported_at": "2024-02-01T10:00:00+08:00"},
        {**survey("i-2", surveyed_on="2020-08-15"), **county},
    )
    notes = {one["record_id"]: one["notes"] for one in desk.events("SignalRecorded")}
    assert notes == {"i-1": ["NO_POLICY"], "i-2": ["PERIOD_OTHER"]}
