"""A warning that nobody verified goes up as the county's clock comes by: 清丰, the 25th and the 28th."""

from collections.abc import Iterator
from typing import Any

import pytest

from fangpin import database
from fangpin.domain.ids import household_id, warning_id
from tests.desk import Desk
from tests.records import common, household

COUNTY = "410922"


@pytest.fixture
def desk(fresh_database: str) -> Iterator[Desk]:
    with database.connect(fresh_database) as conn:
        found = Desk(conn)
        found.take(_clock("2021-11-01"), {**household(), "county_code": COUNTY, "village_code": "410922101201"})
        found.take(
            {**common("dangerous-house", "d-1"), "county_code": COUNTY, "subject": {"household_no": "H1"}, **HOUSE}
        )
        yield found


HOUSE = {"house_no": "F1", "grade": "C", "graded_on": "2021-10-20", "reported_at": "2021-11-01T08:00:00+08:00"}


def _clock(day: str, record_id: str | None = None, **more: Any) -> dict[str, Any]:
    own = {"date": day, "reported_at": "2021-12-01T08:00:00+08:00", "county_code": COUNTY}
    return {**common("clock", record_id or day, **own), **more}


def _levels(desk: Desk) -> list[tuple[str, str]]:
    return [(event["level"], event["valid_on"].isoformat()) for event in desk.events("WarningEscalated")]


def test_the_clock_alone_brings_it_to_the_township_and_to_the_county(desk: Desk) -> None:
    (raised,) = desk.events("WarningRaised")
    assert raised["due_on"].isoformat() == "2021-11-25"
    desk.take(_clock("2021-11-25"))
    assert _levels(desk) == []
    desk.take(_clock("2021-11-26"))
    desk.take(_clock("2021-11-28"))
    assert _levels(desk) == [("township", "2021-11-26")]
    desk.take(_clock("2021-11-30"))
    desk.take(_clock("2021-12-20"))
    assert _levels(desk) == [("township", "2021-11-26"), ("county", "2021-11-29")]


def test_a_clock_record_that_is_withdrawn_takes_it_back(desk: Desk) -> None:
    desk.take(_clock("2021-11-26"))
    desk.take(_clock("2021-11-26", status="withdrawn", revision=2))
    assert [level for level, _ in _levels(desk)] == ["township", "none"]
    desk.take(_clock("2021-11-30"))
    assert [level for level, _ in _levels(desk)] == ["township", "none", "county"]


def test_a_village_that_has_found_is_not_late(desk: Desk) -> None:
    own = {
        "warning_id": str(warning_id(household_id(COUNTY, "H1"), "housing", 1)),
        "result": "confirmed",
        "visited_on": "2021-11-02",
    }
    desk.take({**common("finding", "f-1", reported_at="2021-11-03T08:00:00+08:00", **own), "county_code": COUNTY})
    desk.take(_clock("2021-12-01"))
    assert _levels(desk) == []


def test_a_warning_that_is_raised_again_has_a_new_day(desk: Desk) -> None:
    desk.take(_clock("2021-11-26"))
    house = {**common("dangerous-house", "d-1"), "county_code": COUNTY, "subject": {"household_no": "H1"}, **HOUSE}
    desk.take({**house, "revision": 2, "grade": "B"})
    desk.take({**house, "revision": 3})
    assert [event["due_on"].isoformat() for event in desk.events("WarningRaised")] == ["2021-11-25", "2021-12-25"]
    desk.take(_clock("2021-12-24"))
    desk.take(_clock("2021-12-26"))
    assert [level for level, _ in _levels(desk)] == ["township", "township"]
