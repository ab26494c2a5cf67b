"""Any delivery that the contract allows gives the rows of the plain one: duplicates, restarts, batches cut anywhere."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fangpin import database
from fangpin.database import Connection
from fangpin.topics import COUNTY_EVENTS, EXCEPTIONS
from projections import PROJECTIONS, Projection, versions
from projections.base import Tables
from projections.handler import ProjectionHandler
from tests.county_events import County
from tests.household_events import DAY, OTHER_VILLAGE, VILLAGE, Delivered, Event, Household, delivered, exception

RISKS = ("illness", "housing")
Step = tuple[int, int]  # which household, which of its next steps


def _stream(steps: Sequence[Step]) -> list[Event]:
    """A legal log of three households that were registered at some time before anything else of theirs."""
    log: list[Event] = []
    households = [Household(number, log) for number in range(3)]
    open_risks: set[tuple[int, str]] = set()
    for number, choice in steps:
        household = households[number]
        if household.sequence == 0:
            household.register()
            continue
        risk = RISKS[choice % 2]
        is_open = (number, risk) in open_risks
        known = any(event.get("warning_id") == str(household.warning(risk)) for event in log)
        actions: list[Callable[[], Event]] = [
            lambda household=household: household.register(OTHER_VILLAGE),
            lambda household=household: household.register(VILLAGE),
            lambda household=household: household.register(OTHER_VILLAGE, latest=False),
            household.signal,
            lambda household=household: household.signal("SignalCorrected"),
        ]
        if is_open:
            actions += [
                lambda household=household, risk=risk: household.warn("WarningGrew", risk, ("m-1", "m-2")),
                lambda household=household, risk=risk: household.warn(
                    "WarningShrank", risk, ("m-2",), since=DAY + timedelta(days=40), reason="corrected"
                ),
                lambda household=household, risk=risk: household.warn(
                    "WarningWithdrawn", risk, (), status="withdrawn", reason="withdrawn"
                ),
            ]
        else:
            actions.append(
                lambda household=household, risk=risk: household.warn("WarningRaised", risk, ("m-3",), stock=True)
            )
        if known:
            actions += [
                lambda household=household, risk=risk: household.find("confirmed", "verified", risk),
                lambda household=household, risk=risk: household.find("withdrawn", "open", risk),
                lambda household=household, risk=risk: household.find("helped", "helped", risk, effective=False),
            ]
        kind = actions[choice % len(actions)]()["type"]
        if kind == "WarningRaised":
            open_risks.add((number, risk))
        elif kind == "WarningWithdrawn":
            open_risks.discard((number, risk))
    return log


def _exceptions(steps: Sequence[Step]) -> list[Event]:
    raw = {"raw": b"\x01sealed", "key_id": "exceptions:2021-11"}
    return [
        exception(number, "resolved", at // 2) if choice % 2 else exception(number, "open", at // 2, **raw)
        for at, (number, choice) in enumerate(steps)
    ]


def _county(steps: Sequence[Step]) -> list[Event]:
    county = County()
    for number, choice in steps:
        on = DAY + timedelta(days=choice)
        actions: list[Callable[[], Event]] = [
            lambda on=on: county.day(on),
            lambda on=on: county.deliver(on=on),
            lambda on=on: county.deliver("house-defect", "village", on, area=VILLAGE),
            lambda number=number: county.nothing(record_id=f"n-{number}"),
            lambda number=number: county.nothing("2021-12", f"n-{number}"),
            lambda number=number: county.nothing(record_id=f"n-{number}", withdrawn=True),
        ]
        actions[choice % len(actions)]()
    return county.log


_LOGS = {EXCEPTIONS: _exceptions, COUNTY_EVENTS: _county}


def _fold(conn: Connection, projection: Projection, batches: Sequence[tuple[Sequence[Delivered], bool]]) -> int:
    """Fold into a new version; a batch that is not kept dies before its commit. Returns the version."""
    version = versions.next_version(conn, projection)
    handler = ProjectionHandler(projection, version, live=False)
    conn.commit()
    for messages, kept in batches:
        handler.process(conn, messages)
        if kept:
            conn.commit()
        else:
            conn.rollback()
    return version


def _deliveries(
    log: Sequence[Delivered], cuts: Sequence[tuple[int, bool, int]]
) -> list[tuple[Sequence[Delivered], bool]]:
    """Batches of the log: each of some size, perhaps rolled back, and after it the reader goes back by some records."""
    batches: list[tuple[Sequence[Delivered], bool]] = []
    position = 0
    for size, kept, back in cuts:
        if position >= len(log):
            break
        batches.append((log[position : position + size], kept))
        position = max(0, (position + size if kept else position) - back)
    batches.append((log[position:], True))
    return [one for one in batches if one[0]]


@pytest.mark.parametrize("name", list(PROJECTIONS))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    steps=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 63)), min_size=5, max_size=40),
    cuts=st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.integers(0, 6)), max_size=12),
)
def test_any_redelivery_gives_the_same_rows(
    fresh_database: str, name: str, steps: list[Step], cuts: list[tuple[int, bool, int]]
) -> None:
    projection = PROJECTIONS[name]
    log = delivered(_LOGS.get(projection.topic, _stream)(steps), projection.topic)
    with database.connect(fresh_database) as conn:
        versions.ensure(conn, projection)
        plain = _fold(conn, projection, [(log, True)])
        other = _fold(conn, projection, _deliveries(log, cuts))
        for table in projection.tables:
            one, two = Tables(plain)[table.name], Tables(other)[table.name]
            assert conn.execute(f"TABLE {one} EXCEPT ALL TABLE {two}").fetchall() == []
            assert conn.execute(f"TABLE {two} EXCEPT ALL TABLE {one}").fetchall() == []
        for version in (plain, other):
            versions.drop(conn, projection, version)
        conn.commit()
