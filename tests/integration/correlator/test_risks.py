"""The day by which a village has to have visited: by the pack of the evidence, and none when the hub no longer has it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from fangpin import database
from fangpin.database import Connection
from fangpin.domain.policy import PackBook
from tests.desk import Desk
from tests.records import common, household

COUNTY = "410922"  # 清丰: its pack has a day for the villages
GRADED = "2021-11-10"


def _clock(day: str) -> dict[str, Any]:
    return {**common("clock", day, date=day, reported_at="2021-12-01T08:00:00+08:00"), "county_code": COUNTY}


@pytest.fixture
def conn(fresh_database: str) -> Iterator[Connection]:
    """A county with a fact that its pack's rule is met by, on a day that has not come."""
    house = {"house_no": "F1", "grade": "C", "graded_on": GRADED, "reported_at": "2021-11-11T08:00:00+08:00"}
    with database.connect(fresh_database) as found:
        desk = Desk(found)
        desk.take(
            _clock("2021-11-01"), {**household(), "county_code": COUNTY, "village_code": "410922101201"},
            {**common("dangerous-house", "d-1"), "county_code": COUNTY, "subject": {"household_no": "H1"}, **house},
        )  # fmt: skip
        assert desk.events("WarningRaised") == []
        yield found


def _raised(desk: Desk) -> tuple[str, str, date | None]:
    desk.take(_clock(GRADED))
    (raised,) = desk.events("WarningRaised")
    return raised["risk"], raised["pack"], raised["due_on"]


def test_a_warning_is_due_on_the_day_of_its_pack(conn: Connection) -> None:
    assert _raised(Desk(conn)) == ("housing", "qingfeng-2021", date(2021, 11, 25))


def test_evidence_of_a_pack_that_is_gone_does_not_stop_the_county(conn: Connection) -> None:
    assert _raised(Desk(conn, book=PackBook([]))) == ("housing", "qingfeng-2021", None)
