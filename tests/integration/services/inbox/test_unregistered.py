"""A household whose only register record was withdrawn: its number still leads to it, and nobody can choose it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.records import PERSON, bill, household, without_feed

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub
    from tests.integration.services.flow import Flow

COUNTY, LIST = "county-530925", "/api/v1/exceptions/unresolved"
ANSWER = {
    "subject": {"household_no": "H1"}, "situation": 3, "answer": "hit", "answered_on": "2021-10-08",
    "record_id": "a-1", "revision": 1, "county_code": "530925", "reported_at": "2021-11-01T10:00:00+08:00",
}  # fmt: skip


@pytest.fixture
def gone(hub: Hub, flow: Flow) -> Hub:
    """H1, registered, with a warning and an answer to a situation, then withdrawn; the bill waits for a household."""
    hub.send("household-register", [without_feed(household())], "rural-revitalisation")
    hub.send(
        "medical-expense", [without_feed(bill(subject={"id_number": PERSON, "name": "示例甲"}))], "medical-insurance"
    )
    assert hub.send("exclusion-answer", [ANSWER], "public-security").status_code == 202
    flow.day_comes("2021-11-01")
    assert len(found(hub)) == 1
    again = without_feed(household(revision=2, status="withdrawn"))
    assert hub.send("household-register", [again], "rural-revitalisation").status_code == 202
    flow.settle()
    return hub


def found(hub: Hub, who: str = COUNTY) -> list[dict[str, Any]]:
    """What the number finds for an officer."""
    answer = hub.client.get("/api/v1/households?household_no=H1", headers=hub.officer(who))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def page(hub: Hub, address: str, form: dict[str, str] | None = None) -> str:
    headers = {**hub.officer(COUNTY), "Accept": "text/html"}
    if form is None:
        return hub.client.get(address, headers=headers).text
    return hub.client.post(address, data=form, headers=headers).text


def test_its_number_finds_its_history_within_the_area(gone: Hub) -> None:
    (one,) = found(gone, "village-530925-1")
    assert (one["household_no"], one["registered"]) == ("H1", False)
    where = f"/api/v1/households/{one['household_id']}/history"
    events = gone.client.get(where, headers=gone.officer("village-530925-1")).json()["events"]
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert "HouseholdChanged" in {event["type"] for event in events}
    assert found(gone, "village-530925-2") == found(gone, "county-410922") == []


def test_the_pages_say_that_it_is_not_registered_any_more(gone: Hub) -> None:
    by_number = page(gone, "/search", {"household_no": "H1"})
    assert "户 H1" in by_number
    assert "登记已撤回" in by_number
    assert "登记已撤回" in page(gone, f"/households/{found(gone)[0]['household_id']}")


def test_a_name_or_an_identity_number_finds_registered_households_alone(gone: Hub) -> None:
    for form in ({"name": "示例甲"}, {"id_number": PERSON}):
        assert "本辖区没有找到" in page(gone, "/search", form)
        answer = gone.client.post("/api/v1/households/search", json=form, headers=gone.officer(COUNTY))
        assert answer.json() == {"items": [], "next": None}


def test_nobody_can_choose_it(gone: Hub) -> None:
    headers = gone.officer(COUNTY)
    waiting = gone.client.get(f"{LIST}?feed=medical-expense", headers=headers).json()["items"]
    (key,) = [one["record_key"] for one in waiting]
    offered = page(gone, f"/unresolved/{key}")
    assert "没有找到可能的农户" in offered
    assert 'value="H1"' not in offered
    choice = {"household_no": "H1", "reason": "核对过"}
    linked = gone.client.post(f"{LIST}/{key}/link", json=choice, headers=headers)
    assert (linked.status_code, linked.json()["field"]) == (422, "household_no")
    alias = {**choice, "kind": "subsistence", "other_no": "DB-1", "from": "2021-01-01"}
    assert "本县登记中没有这个户编号" in page(gone, "/aliases", alias)
    sheet = f"/households/{found(gone)[0]['household_id']}/exclusions"
    assert "/override" not in page(gone, sheet)
    assert "不需要专门说明" in page(gone, f"{sheet}/3/override", {"reason": "核对过"})
    feeds = ("match-decision", "household-alias", "exclusion-override")
    assert [one for feed in feeds for one in gone.producer.of(f"feed.{feed}")] == []
