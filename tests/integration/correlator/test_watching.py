"""Area warnings: by records about areas, by clusters, by registers that nobody renewed; moved by the clock alone."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from fangpin import database
from tests.desk import Desk
from tests.feed_samples import SAMPLES
from tests.records import common, household

REPORTED = "2021-11-20T08:00:00+08:00"


@pytest.fixture
def desk(fresh_database: str) -> Iterator[Desk]:
    with database.connect(fresh_database) as conn:
        found = Desk(conn)
        found.take(_clock("2021-11-01"))
        yield found


def _clock(day: str, **more: Any) -> dict[str, Any]:
    return {**common("clock", day, date=day, reported_at=REPORTED), **more}


def _told(desk: Desk) -> list[tuple[str, str, str]]:
    return [
        (event["type"].removeprefix("AreaWarning"), event["cause"], event["area_code"])
        for event in desk.county_events()
        if event["type"].startswith("AreaWarning")
    ]


def _event(revision: int = 1, **more: Any) -> dict[str, Any]:
    return {**SAMPLES["area-event"].raw("area-event"), "revision": revision, **more}


AREA = {
    "area_code": "530925101",
    "from": "2021-10-20",
    "occurred_on": "2021-10-20",
    "until": "2021-11-10",
    "reported_at": REPORTED,
}


def test_a_record_about_an_area_opens_one_and_its_last_day_or_its_withdrawal_closes_it(desk: Desk) -> None:
    desk.take(_event(**AREA))
    desk.take(_event(**AREA))
    assert _told(desk) == [("Raised", "event", "530925101")]
    desk.take(_event(2, **{**AREA, "until": "2021-11-05"}))
    desk.take(_clock("2021-11-05"))
    assert _told(desk)[1:] == [("Changed", "event", "530925101")]
    desk.take(_clock("2021-11-06"))
    assert _told(desk)[2:] == [("Closed", "event", "530925101")]
    desk.take(_clock("2021-11-06", status="withdrawn", revision=2))
    assert _told(desk)[3:] == [("Raised", "event", "530925101")]
    desk.take(_event(3, status="withdrawn", **AREA))
    assert [event["reason"] for event in desk.county_events("AreaWarningClosed")] == ["over", "withdrawn"]
    assert _told(desk)[4:] == [("Closed", "event", "530925101")]


def test_an_event_that_lies_ahead_waits_for_its_day(desk: Desk) -> None:
    ahead = {**AREA, "from": "2021-11-15", "occurred_on": "2021-11-15", "until": None}
    desk.take(_event(**ahead))
    assert _told(desk) == []
    desk.take(_clock("2021-11-15"))
    assert _told(desk) == [("Raised", "event", "530925101")]


def test_one_that_is_corrected_to_another_area_leaves_the_first(desk: Desk) -> None:
    desk.take(_event(**AREA))
    desk.take(_event(2, **{**AREA, "area_code": "530925102"}))
    assert sorted(_told(desk)[1:]) == [("Closed", "event", "530925101"), ("Raised", "event", "530925102")]


def _village(number: int, day: str) -> list[dict[str, Any]]:
    """Forty households, in two villages."""
    return [
        household(
            f"H{one}",
            f"r-{one}",
            [{"id_number": _person(one), "name": "示例", "relation": "户主", "joined_on": "2010-01-01"}],
            village_code="530925101201" if one < number // 2 else "530925102201",
            reported_at=day,
        )
        for one in range(number)
    ]


def _person(number: int) -> str:
    first = f"53092519700101{number:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True)) % 11]


def _loss(one: int, **more: Any) -> dict[str, Any]:
    raw = SAMPLES["disaster-loss"].raw("disaster-loss")
    own = {
        "record_id": f"d-{one}",
        "subject": {"household_no": f"H{one}"},
        "struck_on": "2021-10-30",
        "occurred_on": "2021-10-30",
    }
    return {**raw, **own, "reported_at": REPORTED, **more}


def test_a_cluster_of_warnings_opens_one_at_the_next_tick_and_passes_with_its_five_weeks(desk: Desk) -> None:
    desk.take(*_village(40, "2021-10-25T08:00:00+08:00"))
    desk.take(*(_loss(one) for one in range(6)))
    assert _told(desk) == []
    desk.take(_clock("2021-11-02"))
    assert set(_told(desk)) == {("Raised", "cluster", "530925101201"), ("Raised", "cluster", "530925101")}
    (village,) = [event for event in desk.county_events() if event.get("area_code") == "530925101201"]
    assert (village["risk"], village["households"]) == ("disaster", 6)
    assert village["since"] <= date(2021, 10, 30) <= village["until"]
    desk.take(_clock("2021-12-02"))
    desk.take(_clock("2021-12-10"))
    assert set(_told(desk)[-2:]) == {("Closed", "cluster", "530925101201"), ("Closed", "cluster", "530925101")}


def test_stock_and_what_was_withdrawn_make_no_cluster(desk: Desk) -> None:
    desk.take(*_village(40, "2021-10-25T08:00:00+08:00"))
    desk.take(*(_loss(one) for one in range(6)), baseline=True)
    desk.take(*(_loss(one) for one in range(6, 12)))
    desk.take(*(_loss(one, revision=2, status="withdrawn") for one in range(6, 12)))
    desk.take(_clock("2021-11-02"))
    assert _told(desk) == []


def test_a_register_that_nobody_renews_is_told_and_a_list_sent_again_renews_it(desk: Desk) -> None:
    desk.take(*_village(2, "2021-05-01T08:00:00+08:00"))
    desk.take(_clock("2021-11-02"))
    stale = [event for event in desk.county_events() if event.get("cause") == "register"]
    assert sorted((event["area_code"], event["since"], event["households"]) for event in stale) == [
        ("530925101201", date(2021, 5, 1), 1),
        ("530925102201", date(2021, 5, 1), 1),
    ]
    desk.take({**_village(2, "2021-11-03T08:00:00+08:00")[0], "revision": 2})
    desk.take(_clock("2021-11-03"))
    assert _told(desk)[2:] == [("Closed", "register", "530925101201")]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_order_of_revisions_does_not_matter(desk: Desk, order: tuple[int, ...]) -> None:
    revisions = [
        _event(1, **AREA),
        _event(2, **{**AREA, "area_code": "530925102"}),
        _event(3, **{**AREA, "area_code": "530925103"}),
    ]
    for one in order:
        desk.take(revisions[one])
    desk.take(_clock("2021-11-02"))
    open_now: dict[str, bool] = {}
    for kind, _, area in _told(desk):
        open_now[area] = kind != "Closed"
    assert [area for area, is_open in open_now.items() if is_open] == ["530925103"]
