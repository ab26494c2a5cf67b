"""A reason against an exclusion is an event of its household, and nothing else follows from it."""

from collections.abc import Iterator
from typing import Any

import pytest

from fangpin import database
from tests.desk import Desk
from tests.integration.correlator.test_handler import clock
from tests.records import common, household

KINDS = ("ExclusionOverridden", "ExclusionOverrideWithdrawn")


@pytest.fixture
def desk(fresh_database: str) -> Iterator[Desk]:
    with database.connect(fresh_database) as conn:
        found = Desk(conn)
        found.take(clock("2021-12-01"))
        yield found


def override(number: str = "H1", **more: Any) -> dict[str, Any]:
    own = {"household_no": number, "situation": 3, "reason": "车辆已报废", "decided_on": "2021-10-20"}
    return common("exclusion-override", "o-1", subject={"household_no": number}, **(own | more))


def test_made_changed_and_taken_back(desk: Desk) -> None:
    desk.take(household(), override())
    desk.take(override(), override(revision=2, reason="车辆已过户"))
    desk.take(override(revision=3, status="withdrawn", reason="查明仍在使用"))
    kinds = [event["type"] for event in desk.events(*KINDS)]
    assert kinds == ["ExclusionOverridden", "ExclusionOverridden", "ExclusionOverrideWithdrawn"]
    assert [event["type"] for event in desk.events()] == ["HouseholdRegistered", *kinds]
    assert desk.warnings() == {}


def test_before_its_household_it_waits_in_sight(desk: Desk) -> None:
    desk.take(override())
    assert desk.exceptions() == [("UNMATCHED", "open")]
    desk.take(household())
    assert [event["type"] for event in desk.events(*KINDS)] == ["ExclusionOverridden"]
    assert desk.exceptions() == [("UNMATCHED", "open"), ("UNMATCHED", "resolved")]


def test_nothing_of_the_reason_is_in_the_clear(desk: Desk) -> None:
    desk.take(household(), override(reason="示例丙的车"))
    assert "示例丙".encode() not in b"".join(one.value for one in desk.broker.published)
