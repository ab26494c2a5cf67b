"""From county events to a month's board, on a real PostgreSQL."""

from collections.abc import Iterator
from datetime import date

import pytest

from fangpin import database, month_boards
from fangpin.database import Connection
from fangpin.domain.policy.month_board import Board, Owner
from fangpin.policies import load_packs, load_working_days
from fangpin.topics import COUNTY_EVENTS, HOUSEHOLD_EVENTS
from projections import PROJECTIONS, versions
from projections.handler import ProjectionHandler
from tests.county_events import County
from tests.household_events import COUNTY, OTHER_VILLAGE, VILLAGE, Event, Household, delivered

FIRST = date(2021, 11, 1)


@pytest.fixture
def conn(fresh_database: str) -> Iterator[Connection]:
    """Two villages with households, of which one has two."""
    log: list[Event] = []
    for number, village in ((1, VILLAGE), (2, VILLAGE), (3, OTHER_VILLAGE)):
        Household(number, log, village).register()
    with database.connect(fresh_database) as conn:
        _fold(conn, "village_inbox", log, HOUSEHOLD_EVENTS)
        versions.ensure(conn, PROJECTIONS["month_board"])
        yield conn


def _fold(conn: Connection, name: str, log: list[Event], topic: str) -> None:
    projection = PROJECTIONS[name]
    ProjectionHandler(projection, versions.ensure(conn, projection), live=True).process(conn, delivered(log, topic))


def _board(conn: Connection, county: County) -> Board:
    _fold(conn, "month_board", county.log, COUNTY_EVENTS)
    today = month_boards.clock(conn, COUNTY).today
    return month_boards.read_board(conn, load_packs(), COUNTY, FIRST, today, load_working_days())


def _state(board: Board, department: str) -> str:
    (line,) = [one for one in board.lines if one.owner == Owner(department)]
    return line.state


def test_a_delivery_a_nil_return_taken_back_and_given_again(conn: Connection) -> None:
    county = County()
    county.day(date(2021, 12, 2))
    county.deliver(on=date(2021, 11, 29))
    county.nothing(department="disabled-federation", of_feed="disability")
    found = _board(conn, county)
    assert _state(found, "medical-insurance") == "delivered"
    assert _state(found, "disabled-federation") == "nil"
    assert _state(found, "water") == "missing"
    county.nothing(department="disabled-federation", withdrawn=True)
    assert _state(_board(conn, county), "disabled-federation") == "missing"
    county.nothing(department="disabled-federation", of_feed="disability")
    assert _state(_board(conn, county), "disabled-federation") == "nil"
    county.nothing("2021-10", department="disabled-federation", of_feed="disability")  # a correction: another month
    assert _state(_board(conn, county), "disabled-federation") == "missing"


def test_the_villages_are_those_of_the_register_of_this_county(conn: Connection) -> None:
    assert month_boards.registered_villages(conn, COUNTY) == [VILLAGE, OTHER_VILLAGE]
    assert month_boards.registered_villages(conn, "410922") == []
    assert month_boards.registered_villages(conn, "999999") == []


def test_the_clock_is_the_countys_last_date_and_its_first(conn: Connection) -> None:
    county = County()
    for day in (date(2021, 11, 2), date(2021, 11, 9), None, date(2021, 11, 5)):
        county.day(day)
    _board(conn, county)
    assert month_boards.clock(conn, COUNTY) == month_boards.Clock(date(2021, 11, 5), date(2021, 11, 2))
    assert month_boards.clock(conn, "410922") == month_boards.Clock(None, None)
