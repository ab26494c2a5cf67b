"""A decision through the API: what is sent, what the correlator makes of it, what the audit says."""

from collections.abc import Iterator
from typing import Any

import pytest

from fangpin import database
from tests.desk import Arrived, Desk
from tests.integration.correlator.test_decided import STRANGER
from tests.integration.correlator.test_handler import clock
from tests.integration.services.conftest import Hub
from tests.records import bill, household

LIST = "/api/v1/exceptions/unresolved"


@pytest.fixture
def desk(hub: Hub) -> Iterator[Desk]:
    with database.connect(hub.database) as conn:
        found = Desk(conn)
        found.take(clock("2021-11-02"), household(), bill(**STRANGER))
        found.take(bill("m-2", **STRANGER))
        yield found


def deliver(hub: Hub, desk: Desk) -> None:
    """What the page published, on its way through the correlator."""
    for one in hub.producer.of("feed.match-decision"):
        desk.take(Arrived(one.topic, one.value, one.key, one.headers))
    hub.producer.records.clear()


def items(hub: Hub, who: str = "county-530925", **query: str) -> list[dict[str, Any]]:
    answer = hub.client.get(LIST, headers=hub.officer(who), params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def audit(desk: Desk) -> list[str]:
    rows = desk.conn.execute("SELECT action FROM audit WHERE actor = 'county-530925' ORDER BY position").fetchall()
    desk.conn.commit()
    return [action for (action,) in rows if action != "login"]


def test_linked_undone_linked_again(hub: Hub, desk: Desk) -> None:
    county = hub.officer("county-530925")
    first, second = items(hub)
    assert (first["record_id"], first["code"], second["record_id"]) == ("m-1", "UNMATCHED", "m-2")
    assert items(hub, outcome="ambiguous") == []
    place = f"{LIST}/{first['record_key']}"
    body = {"household_no": "H1", "reason": "核对过户口簿"}
    answer = hub.client.post(f"{place}/link", json=body, headers=county)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    deliver(hub, desk)
    assert [one["record_id"] for one in items(hub)] == ["m-2"]
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}
    receipt = hub.client.get(f"/api/v1/receipts/{answer.json()['receipt_id']}", headers=county).json()
    assert receipt["outcomes"][0]["outcome"] == "matched"
    assert receipt["outcomes"][0]["household_no"] == "H1"
    assert hub.client.post(f"{place}/undo", json={"reason": "认错了人"}, headers=county).status_code == 202
    deliver(hub, desk)
    assert [one["record_id"] for one in items(hub)] == ["m-1", "m-2"]
    assert hub.client.post(f"{place}/undo", json={"reason": "认错了人"}, headers=county).status_code == 422
    assert hub.client.post(f"{place}/link", json=body, headers=county).status_code == 202
    deliver(hub, desk)
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}
    assert audit(desk) == ["link-decided", "link-undone", "link-decided"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"household_no": "H1"}, "reason"),
        ({"household_no": "H1", "reason": "  "}, "reason"),
        ({"household_no": "H1", "reason": "长" * 2001}, "reason"),
        ({"reason": "核对过"}, "household_no"),
        ({"household_no": "H9", "reason": "核对过"}, "household_no"),
        ({"household_no": "H\u0000", "reason": "核对过"}, "household_no"),
        ({"household_no": "H1", "reason": "核对过", "more": 1}, ""),
    ],
)
def test_what_cannot_be_meant(hub: Hub, desk: Desk, body: dict[str, Any], field: str) -> None:
    (first, _) = items(hub)
    answer = hub.client.post(f"{LIST}/{first['record_key']}/link", json=body, headers=hub.officer("county-530925"))
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert hub.producer.of("feed.match-decision") == []


def test_another_county_sees_and_decides_nothing(hub: Hub, desk: Desk) -> None:
    (first, _) = items(hub)
    assert items(hub, "county-410922") == []
    stranger = hub.officer("county-410922")
    for act, body in (("link", {"household_no": "H1", "reason": "x"}), ("undo", {"reason": "x"})):
        assert hub.client.post(f"{LIST}/{first['record_key']}/{act}", json=body, headers=stranger).status_code == 404
    assert hub.producer.of("feed.match-decision") == []


def test_the_list_in_pages(hub: Hub, desk: Desk) -> None:
    county = hub.officer("county-530925")
    first = hub.client.get(LIST, params={"limit": "1"}, headers=county).json()
    assert [one["record_id"] for one in first["items"]] == ["m-1"]
    second = hub.client.get(LIST, params={"limit": "1", "cursor": first["next"]}, headers=county).json()
    assert [one["record_id"] for one in second["items"]] == ["m-2"]
    assert second["next"] is None
    foreign = hub.client.get(LIST, params={"cursor": first["next"]}, headers=hub.officer("county-410922"))
    assert foreign.status_code == 400
