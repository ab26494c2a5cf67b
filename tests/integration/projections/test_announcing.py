"""A live read model wakes the pages of the villages that a batch is about, and of no others."""

from collections.abc import Iterator

import psycopg
import pytest

from fangpin import database
from fangpin.announcing import CHANNEL, announce
from fangpin.database import Connection
from projections import PROJECTIONS, versions
from projections.handler import ProjectionHandler
from tests.household_events import COUNTY, OTHER_VILLAGE, VILLAGE, Event, Household, delivered

INBOX = PROJECTIONS["village_inbox"]


@pytest.fixture
def conn(fresh_database: str) -> Iterator[Connection]:
    with database.connect(fresh_database) as found:
        yield found


@pytest.fixture
def listener(fresh_database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(fresh_database, autocommit=True) as found:
        found.execute(f"LISTEN {CHANNEL}")
        yield found


def _register(conn: Connection, household: Household) -> None:
    """As the correlator has it before the event is published."""
    conn.execute(
        "INSERT INTO household (household_id, county_code, household_no, village_code, active, sequence) "
        "VALUES (%s, %s, %s, %s, true, 1) ON CONFLICT (household_id) DO UPDATE SET village_code = excluded.village_code",
        (household.id, COUNTY, f"H{household.number}", household.village),
    )


def _heard(conn: Connection, listener: psycopg.Connection) -> list[str]:
    """What was told until now: the channel keeps the order, so a last word of ours ends it."""
    announce(conn, ["end"])
    conn.commit()
    heard = []
    for told in listener.notifies(timeout=60):
        if told.payload == "end":
            return heard
        heard.append(told.payload)
    raise AssertionError(f"no last word after {heard}")


def _fold(conn: Connection, log: list[Event], *, live: bool = True) -> None:
    ProjectionHandler(INBOX, versions.ensure(conn, INBOX), live=live).process(conn, delivered(log))


def test_a_household_that_moves_leaves_a_page_and_comes_to_another(
    conn: Connection, listener: psycopg.Connection
) -> None:
    log: list[Event] = []
    moving, staying = Household(1, log), Household(2, log, village="530925102201")
    moving.register()
    staying.register()
    _register(conn, moving)
    _register(conn, staying)
    _fold(conn, log)
    assert _heard(conn, listener) == [VILLAGE, "530925102201"]
    log.clear()
    moving.register(OTHER_VILLAGE)
    _register(conn, moving)
    _fold(conn, log)
    assert _heard(conn, listener) == [VILLAGE, OTHER_VILLAGE]


def test_a_finding_is_told_in_the_village_of_its_household(conn: Connection, listener: psycopg.Connection) -> None:
    log: list[Event] = []
    household = Household(1, log)
    household.register()
    household.warn("WarningRaised")
    _register(conn, household)
    _fold(conn, log)
    assert _heard(conn, listener) == [VILLAGE]
    log.clear()
    household.find("confirmed", "verified")
    _fold(conn, log)
    assert _heard(conn, listener) == [VILLAGE]


def test_a_rebuild_wakes_nobody(conn: Connection, listener: psycopg.Connection) -> None:
    log: list[Event] = []
    household = Household(1, log)
    household.register()
    _register(conn, household)
    _fold(conn, log, live=False)
    assert _heard(conn, listener) == []
