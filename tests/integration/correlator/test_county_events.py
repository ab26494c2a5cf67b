"""The county's own stream: what was delivered by whom, on which civil day, and what was declared to be nothing."""

from datetime import date
from typing import Any

import pytest

from fangpin import database
from fangpin.domain.ids import county_id, event_id
from tests.desk import Arrived, Desk
from tests.feed_samples import SAMPLES
from tests.records import bill, common, household

VILLAGE = "530925101201"
RECEIPT = "5b0d4a33-7f1c-4f0e-9f8a-0f2c3d4e5f60"


@pytest.fixture
def desk(fresh_database: str) -> Any:
    with database.connect(fresh_database) as conn:
        found = Desk(conn)
        found.take(clock("2021-10-10"))
        yield found


def clock(day: str, **more: Any) -> dict[str, Any]:
    return common("clock", f"c-{day}", **{"date": day, "reported_at": "2021-12-01T08:00:00+08:00", **more})


def sent(raw: dict[str, Any], at: int = 0, **headers: str) -> Arrived:
    message = Desk.message(raw)
    message.timestamp = at
    message.headers = [(f"ce_{name}", value.encode()) for name, value in headers.items()]
    return message


def test_one_event_a_group_whatever_the_number_of_records(desk: Desk) -> None:
    desk.take(
        *(bill(f"m-{number}", settled_on=f"2021-10-0{number}") for number in range(1, 6)),
        bill("m-9", admitted_on="2021-09-01", settled_on="2021-09-28"),
        bill("m-9", revision=2, status="withdrawn", admitted_on="2021-09-01", settled_on="2021-09-28"),
    )
    (event,) = desk.county_events("FeedDelivered")
    days = {"earliest": date(2021, 10, 1), "latest": date(2021, 10, 5)}
    last = {"earliest": date(2021, 9, 28), "latest": date(2021, 9, 28)}
    assert event["valid_on"] == date(2021, 10, 10)
    assert (event["feed"], event["department"], event["area"]) == ("medical-expense", "medical-insurance", None)
    assert (event["records"], event["withdrawn"], event["receipt_id"]) == (7, 1, None)
    assert (event["earliest"], event["latest"]) == (last["earliest"], days["latest"])
    assert event["months"] == [
        {"month": "2021-09", "named": False, "records": 1, **last},
        {"month": "2021-10", "named": False, "records": 5, **days},
    ]


def test_two_uploads_that_came_at_once_are_one_delivery_of_no_receipt(desk: Desk) -> None:
    other = "22222222-2222-4222-8222-222222222222"
    desk.take(sent(bill("m-1"), id=f"{RECEIPT}/0"), sent(bill("m-2"), id=f"{other}/0"))
    desk.take(sent(bill("m-3"), id=f"{other}/0"))
    told = [(one["receipt_id"], one["records"]) for one in desk.county_events("FeedDelivered")]
    assert told == [(None, 2), (other, 1)]


def test_two_villages_and_stock_are_deliveries_of_their_own(desk: Desk) -> None:
    defect = SAMPLES["house-defect"].raw("house-defect")
    desk.take(
        sent({**defect, "record_id": "a"}, source=f"urn:fangpin:{VILLAGE}:village", id=f"{RECEIPT}/0"),
        sent({**defect, "record_id": "b"}, source=f"urn:fangpin:{VILLAGE}:village", id=f"{RECEIPT}/1"),
        sent({**defect, "record_id": "c"}, source="urn:fangpin:530925101202:village"),
        sent({**defect, "record_id": "d"}, source="urn:fangpin:410922101202:village"),
        sent({**defect, "record_id": "e"}, source="urn:fangpin:530925:village", baseline="true"),
    )
    told = [
        (one["area"], one["receipt_id"], one["records"], one["baseline"]) for one in desk.county_events("FeedDelivered")
    ]
    assert told == [
        (VILLAGE, RECEIPT, 2, False),
        ("530925101202", None, 1, False),
        (None, None, 1, False),  # an area of another county says nothing
        (None, None, 1, True),
    ]


def test_sequences_have_no_gaps_and_ids_follow_from_them(desk: Desk) -> None:
    desk.take(household(reported_at="2021-10-09T08:00:00+08:00"), bill())
    desk.take(bill("m-2"), clock("2021-10-11"))
    desk.take(bill("m-2"))  # known: nothing is stored
    found = desk.county_events()
    assert [one["type"] for one in found] == [
        "CivilDateMoved",
        "FeedDelivered",
        "FeedDelivered",
        "CivilDateMoved",
        "FeedDelivered",
    ]
    assert [one["sequence"] for one in found] == [1, 2, 3, 4, 5]
    assert [one["event_id"] for one in found] == [str(event_id(county_id("530925"), n)) for n in range(1, 6)]
    keys = {one.key for one in desk.broker.published if one.topic == "county.events"}
    assert keys == {b"530925"}


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 4, 5])
def test_the_civil_day_of_a_delivery_does_not_depend_on_the_cut_into_batches(desk: Desk, cut: int) -> None:
    log = [
        sent(bill("m-1"), 10),
        sent(clock("2021-10-20"), 20),
        sent(bill("m-2"), 30),
        sent(clock("2021-10-21"), 40),
        sent(bill("m-3"), 50),
    ]
    for part in (log[:cut], log[cut:]):
        if part:
            desk.take(*part)
    told = [(one["valid_on"], one["records"]) for one in desk.county_events("FeedDelivered")]
    assert told == [(date(2021, 10, day), 1) for day in (10, 20, 21)]


def test_a_county_without_a_clock_takes_the_departments_own_day(fresh_database: str) -> None:
    with database.connect(fresh_database) as conn:
        desk = Desk(conn)
        desk.take(bill(reported_at="2021-11-01T23:30:00+00:00"))
    assert desk.county_events()[0]["valid_on"] == date(2021, 11, 2)


def test_a_date_that_is_taken_back_is_told(desk: Desk) -> None:
    desk.take(clock("2021-10-10", revision=2, status="withdrawn"))
    told = [(one["valid_on"], one["before"], one["date"]) for one in desk.county_events("CivilDateMoved")]
    day = date(2021, 10, 10)
    assert told == [(day, None, day), (day, day, None)]


def test_a_nil_return_its_correction_and_its_withdrawal(desk: Desk) -> None:
    raw = SAMPLES["nil-return"].raw("nil-return", subject={})
    first = {**raw, "of_feed": "disaster-loss", "month": "2021-10"}
    desk.take(sent(first, source="urn:fangpin:530925:emergency"), sent(first, source="urn:fangpin:530925:emergency"))
    desk.take(sent({**first, "revision": 2, "month": "2021-11"}, source="urn:fangpin:530925:emergency"))
    bare = {name: value for name, value in first.items() if name not in ("of_feed", "month", "declared_by")}
    desk.take(sent({**bare, "revision": 3, "status": "withdrawn"}, source="urn:fangpin:530925:emergency"))
    told = [
        (one["department"], one["of_feed"], one["month"], one["revision"], one["withdrawn"], one["delivered_on"])
        for one in desk.county_events("NilReturned")
    ]
    assert told == [
        ("emergency", "disaster-loss", "2021-10", 1, False, date(2021, 10, 10)),
        ("emergency", "disaster-loss", "2021-11", 2, False, date(2021, 10, 10)),
        ("emergency", None, None, 3, True, date(2021, 10, 10)),
    ]
    assert desk.county_events("FeedDelivered") == []
