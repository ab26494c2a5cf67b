"""A county officer's written reason against an exclusion as a record of its feed, by program: what the page asks for holds here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.records import household, without_feed

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub
    from tests.integration.services.flow import Flow

WHERE = "/api/v1/feeds/exclusion-override/records"
COUNTY = "county-530925"


def override(**more: Any) -> dict[str, Any]:
    record = {
        "record_id": "o-1",
        "revision": 1,
        "status": "active",
        "county_code": "530925",
        "reported_at": "2021-11-01T10:00:00+08:00",
        "subject": {"household_no": "H1"},
        "household_no": "H1",
        "situation": 3,
        "reason": "车辆已报废，入户看过",
        "decided_on": "2021-11-01",
        **more,
    }
    return {name: value for name, value in record.items() if value is not None}


def send(hub: Hub, record: dict[str, Any], who: str = COUNTY) -> Any:
    return hub.client.post(WHERE, json={"records": [record]}, headers=hub.officer(who))


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"reason": None}, "MISSING_FIELD", "reason"),
        ({"reason": ""}, "MISSING_FIELD", "reason"),
        ({"reason": "   "}, "MISSING_FIELD", "reason"),
        ({"situation": 11}, None, "situation"),
        ({"situation": None}, "MISSING_FIELD", "situation"),
        ({"approved": True}, "UNKNOWN_FIELD", None),
    ],
)
def test_without_its_reason_it_is_refused(hub: Hub, more: dict[str, Any], code: str | None, field: str | None) -> None:
    answer = send(hub, override(**more))
    assert (answer.status_code, answer.json()["code"]) == (422, "ALL_REJECTED")
    (rejected,) = answer.json()["rejected"]
    assert (rejected["index"], rejected["field"]) == (0, field)
    assert rejected["message"]
    assert code in (None, rejected["code"])
    assert hub.producer.of("feed.exclusion-override") == []


def test_with_it_it_is_an_event_of_the_household_under_the_officers_name(hub: Hub, flow: Flow) -> None:
    hub.send("household-register", [without_feed(household())], "rural-revitalisation")
    flow.day_comes("2021-11-01")
    headers = hub.officer(COUNTY)
    (outcome,) = flow.outcomes(send(hub, override(decided_by="somebody else")), headers)
    assert (outcome["outcome"], outcome["household_no"]) == ("matched", "H1")
    (found,) = hub.client.get("/api/v1/households?household_no=H1", headers=headers).json()["items"]
    where = f"/api/v1/households/{found['household_id']}/history"
    events = hub.client.get(where, headers=headers).json()["events"]
    (told,) = [one for one in events if one["type"] == "ExclusionOverridden"]
    assert told["data"]["content"]["reason"] == "车辆已报废，入户看过"
    assert told["data"]["content"]["decided_by"] == COUNTY
    withdrawn = send(hub, override(revision=2, status="withdrawn", reason="新的答复"))
    assert flow.outcomes(withdrawn, headers)[0]["outcome"] == "matched"
    events = hub.client.get(where, headers=headers).json()["events"]
    assert [one["type"] for one in events][-1] == "ExclusionOverrideWithdrawn"


@pytest.mark.parametrize("who", ["village-530925-1", "township-530925", "analyst-530925", "auditor-530925"])
def test_nobody_below_the_county_may(hub: Hub, who: str) -> None:
    assert send(hub, override(), who).status_code == 403


def test_nor_another_county(hub: Hub) -> None:
    answer = send(hub, override(), "county-410922")
    assert (answer.status_code, answer.json()["code"]) == (403, "SCOPE")
