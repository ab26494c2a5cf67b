"""Who may see and decide what has no household: the officers of that county, and nobody else."""

from uuid import uuid4

import pytest

from tests.integration.services.conftest import Hub

LIST = "/api/v1/exceptions/unresolved"
BODY = {"household_no": "H1", "reason": "核对过户口簿"}


@pytest.mark.parametrize("who", ["village-530925-1", "township-530925", "analyst-530925", "auditor-530925"])
def test_others_are_refused(hub: Hub, who: str) -> None:
    headers = hub.officer(who)
    assert hub.client.get(LIST, headers=headers).status_code == 403
    assert hub.client.post(f"{LIST}/{uuid4()}/link", json=BODY, headers=headers).status_code == 403
    assert hub.client.post(f"{LIST}/{uuid4()}/undo", json={"reason": "x"}, headers=headers).status_code == 403
    page = headers | {"Accept": "text/html"}
    assert hub.client.get("/unresolved", headers=page).status_code == 403
    assert hub.client.get(f"/unresolved/{uuid4()}", headers=page).status_code == 403
    assert hub.producer.records == []


def test_nobody_in_particular_is_sent_away(hub: Hub) -> None:
    assert hub.client.get(LIST).status_code == 401
    assert hub.client.get(LIST, headers=hub.token("medical-insurance")).status_code == 403


def test_no_department_decides_and_no_county_officer_reports(hub: Hub) -> None:
    for feed in ("match-decision", "household-alias", "exclusion-override"):
        answer = hub.send(feed, [{}], "rural-revitalisation")
        assert (answer.status_code, answer.json()["code"]) == (403, "SCOPE")
    assert all(one.get("department") not in ("county", "hub") for one in hub.credentials["tokens"])
    headers = hub.officer("county-530925")
    answer = hub.client.post("/api/v1/feeds/medical-expense/records", json={"records": [{}]}, headers=headers)
    assert answer.status_code == 403


def test_a_county_officer_sends_aliases_of_the_own_county(hub: Hub) -> None:
    content = "户编号,编号类别,对应编号,开始日期\nH1,公安户号,G-9,2021-01-01\n".encode()
    headers = hub.officer("county-530925")
    answer = hub.client.post(
        "/api/v1/feeds/household-alias/files", files={"file": ("对照.csv", content)}, headers=headers
    )
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    (sent,) = hub.producer.of("feed.household-alias")
    assert dict(sent.headers)["ce_source"] == b"urn:fangpin:530925:county"


def test_the_list_is_empty_and_an_unknown_record_is_404(hub: Hub) -> None:
    headers = hub.officer("county-530925")
    assert hub.client.get(LIST, headers=headers).json() == {"items": [], "next": None}
    assert hub.client.post(f"{LIST}/{uuid4()}/link", json=BODY, headers=headers).status_code == 404
    assert hub.client.get(LIST, params={"feed": "clock"}, headers=headers).status_code == 422
    assert hub.client.get(LIST, params={"outcome": "matched"}, headers=headers).status_code == 422
    assert hub.client.get(LIST, params={"nonsense": "1"}, headers=headers).status_code == 422
