"""Other numbers of households: what they match, what they leave to a person, and what their change does."""

from typing import Any

import pytest

from fangpin import database
from tests.desk import Desk
from tests.integration.correlator.test_handler import clock, member
from tests.records import OTHER, PERSON, bill, common, household


@pytest.fixture
def desk(fresh_database: str) -> Any:
    with database.connect(fresh_database) as conn:
        found = Desk(conn)
        found.take(clock("2021-12-01"))
        yield found


def alias(other_no: str = "G-9", household_no: str = "H1", record_id: str = "a-1", **more: Any) -> dict[str, Any]:
    own = {"household_no": household_no, "kind": "police", "other_no": other_no, "from": "2021-01-01"}
    return common("household-alias", record_id, subject={"household_no": household_no}, **(own | more))


def loss(number: str = "G-9", record_id: str = "d-1", **more: Any) -> dict[str, Any]:
    own = {"hazard": "flood", "damage": ["house-collapsed"], "deaths": 0, "missing": 0, "severe": True}
    subject = {"subject": {"household_no": number}}
    return common("disaster-loss", record_id, **(subject | own | {"struck_on": "2021-10-08"} | more))


def matched(desk: Desk, record_id: str = "d-1") -> tuple[Any, ...] | None:
    row = desk.conn.execute(
        "SELECT outcome, household_no, notes FROM (SELECT outcome, household_id, notes FROM signal "
        "WHERE record_id = %s AND is_current) s LEFT JOIN household USING (household_id)",
        (record_id,),
    ).fetchone()
    desk.conn.commit()
    return row


def test_a_record_is_matched_by_an_alias_and_says_so(desk: Desk) -> None:
    desk.take(household(), loss())
    assert desk.exceptions() == [("UNMATCHED", "open")]
    desk.take(alias())
    assert desk.exceptions() == [("UNMATCHED", "open"), ("UNMATCHED", "resolved")]
    assert matched(desk) == ("matched", "H1", ["MATCHED_BY_ALIAS"])
    assert desk.warnings() == {("H1", "disaster", 1): ("open", ["d-1"])}


def test_a_withdrawn_alias_is_undone(desk: Desk) -> None:
    desk.take(household(), alias(), loss())
    assert desk.warnings() == {("H1", "disaster", 1): ("open", ["d-1"])}
    desk.take(alias(revision=2, status="withdrawn"))
    assert matched(desk) == ("unmatched", None, [])
    assert desk.warnings() == {("H1", "disaster", 1): ("withdrawn", [])}
    assert [event["reason"] for event in desk.events("WarningWithdrawn")] == ["alias"]
    assert desk.exceptions() == [("UNMATCHED", "open")]


def test_a_corrected_alias_moves_its_records(desk: Desk) -> None:
    desk.take(household(), household("H2", "r-2", [member(OTHER)]), alias(), loss())
    desk.take(alias(household_no="H2", revision=2))
    assert desk.warnings() == {
        ("H1", "disaster", 1): ("withdrawn", []),
        ("H2", "disaster", 1): ("open", ["d-1"]),
    }


def test_one_number_for_two_households_is_ambiguous_until_one_alias_goes(desk: Desk) -> None:
    desk.take(household(), household("H2", "r-2", [member(OTHER)]), alias(), loss())
    desk.take(alias(household_no="H2", record_id="a-2"))
    assert matched(desk) == ("ambiguous", None, [])
    assert desk.warnings() == {("H1", "disaster", 1): ("withdrawn", [])}
    desk.take(loss(record_id="d-2", subject={"household_no": "G-9", "id_number": OTHER}))
    assert matched(desk, "d-2") == ("matched", "H2", [])
    desk.take(alias(revision=2, status="withdrawn"))
    assert matched(desk) == ("matched", "H2", ["MATCHED_BY_ALIAS"])


def test_a_number_of_the_register_that_is_also_an_alias_is_ambiguous(desk: Desk) -> None:
    desk.take(household(), household("H2", "r-2", [member(OTHER)]), loss("H2"))
    assert matched(desk) == ("matched", "H2", [])
    desk.take(alias("H2"))
    assert matched(desk) == ("ambiguous", None, [])
    desk.take(alias("H2", revision=2, status="withdrawn"))
    assert matched(desk) == ("matched", "H2", [])


def test_an_alias_holds_in_its_time_and_for_its_department(desk: Desk) -> None:
    desk.take(household(), alias(until="2021-10-07"), loss(), loss(record_id="d-2", struck_on="2021-10-07"))
    assert matched(desk) == ("unmatched", None, [])
    assert matched(desk, "d-2") == ("matched", "H1", ["MATCHED_BY_ALIAS"])
    desk.take(alias(revision=2, used_by="housing"))
    assert matched(desk, "d-2") == ("unmatched", None, [])
    desk.take(alias(revision=3, used_by="emergency"))
    assert matched(desk, "d-2") == ("matched", "H1", ["MATCHED_BY_ALIAS"])


def test_an_alias_before_its_household_and_before_its_records(desk: Desk) -> None:
    desk.take(alias())
    assert matched(desk, "a-1") == ("unmatched", None, [])
    desk.take(loss())
    desk.take(household())
    assert matched(desk, "a-1") == ("matched", "H1", [])
    assert matched(desk) == ("matched", "H1", ["MATCHED_BY_ALIAS"])
    desk.take(alias(revision=2))  # the same content again
    assert matched(desk, "a-1") == ("matched", "H1", [])


def test_a_person_by_an_alias_that_differs(desk: Desk) -> None:
    desk.take(household(), household("H2", "r-2", [member(OTHER)]), alias())
    desk.take(loss(subject={"household_no": "G-9", "id_number": OTHER}))
    assert matched(desk) == ("matched", "H2", ["HOUSEHOLD_DIFF"])
    desk.take(bill(subject={"household_no": "G-9", "id_number": PERSON}))
    assert matched(desk, "m-1") == ("matched", "H1", [])
    desk.take(alias(revision=2, status="withdrawn"))
    assert matched(desk, "m-1") == ("matched", "H1", ["HOUSEHOLD_DIFF"])
