"""Search: in the body only, within the area, audited without what was asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from fangpin import database
from fangpin.vault import Vault, load_or_create_secret
from tests.household_events import OTHER_VILLAGE, VILLAGE, Event, Household
from tests.records import PERSON

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.services.conftest import Hub
    from tests.integration.services.inbox.conftest import Fold


def test_by_number_within_the_area_and_audited(hub: Hub, fold: Fold) -> None:
    log: list[Event] = []
    Household(1, log).register()
    Household(2, log, OTHER_VILLAGE).register()
    fold(log)
    headers = {**hub.officer("village-530925-1"), "Accept": "text/html"}
    found = {
        number: hub.client.post("/search", data={"household_no": number}, headers=headers) for number in ("H1", "H2")
    }
    assert "户 H1" in found["H1"].text
    assert "本辖区没有找到" in found["H2"].text
    hub.client.post("/search", data={"name": "示例甲", "id_number": PERSON}, headers=headers)
    with database.connect(hub.database) as conn:
        rows = conn.execute(
            "SELECT actor, action, object FROM audit WHERE action = 'search' ORDER BY object"
        ).fetchall()
    assert [row[2] for row in rows] == ["household_no", "household_no", "name id_number"]
    assert {row[0] for row in rows} == {"village-530925-1"}


def test_nothing_and_nonsense_are_said_on_the_page(hub: Hub, fold: Fold) -> None:
    log: list[Event] = []
    Household(1, log).register()
    fold(log)
    headers = {**hub.officer("village-530925-1"), "Accept": "text/html"}
    for form, said in (({"name": " "}, "请填写"), ({"id_number": "12345"}, "身份证号"), ({"name": "a" * 300}, "太长")):
        answer = hub.client.post("/search", data=form, headers=headers)
        assert answer.status_code == 422
        assert said in answer.text


NAME = "示例甲"
SEARCH = "/api/v1/households/search"
NUMBERS = sorted(f"H{number}" for number in range(130))


@pytest.fixture
def namesakes(hub: Hub, fold: Fold, tmp_path: Path) -> Hub:
    """A hub with 130 households of one name; the first village has all but the last."""
    vault = Vault(load_or_create_secret(tmp_path / "secrets" / "master.key"))
    log: list[Event] = []
    for number in range(130):
        event = Household(number, log, OTHER_VILLAGE if number == 129 else VILLAGE).register()
        event["members"][0]["name_key"] = vault.name_key(NAME).hex()
    fold(log)
    return hub


def numbers(items: list[dict[str, Any]]) -> list[str]:
    return [one["household_no"] for one in items]


def test_a_name_that_many_have_is_listed_to_the_end(namesakes: Hub) -> None:
    county = namesakes.officer("county-530925")
    first = namesakes.client.post(SEARCH, json={"name": NAME}, headers=county).json()
    assert (numbers(first["items"]), first["next"] is None) == (NUMBERS[:100], False)
    body = {"name": NAME, "cursor": first["next"]}
    rest = namesakes.client.post(SEARCH, json=body, headers=county).json()
    assert (numbers(rest["items"]), rest["next"]) == (NUMBERS[100:], None)
    body["limit"] = 7
    few = namesakes.client.post(SEARCH, json=body, headers=county).json()
    assert (numbers(few["items"]), few["next"] is None) == (NUMBERS[100:107], False)
    exact = namesakes.client.post(SEARCH, json=body | {"limit": 30}, headers=county).json()
    assert (len(exact["items"]), exact["next"]) == (30, None)
    with database.connect(namesakes.database) as conn:
        rows = conn.execute("SELECT object FROM audit WHERE action = 'search'").fetchall()
    assert rows == [("name",)] * 4, "every page is a search"


def test_a_cursor_is_of_one_search_of_one_account(namesakes: Hub) -> None:
    county, village = namesakes.officer("county-530925"), namesakes.officer("village-530925-1")
    cursor = namesakes.client.post(SEARCH, json={"name": NAME}, headers=county).json()["next"]
    tampered = cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")
    for body, headers in (
        ({"name": NAME, "cursor": tampered}, county),
        ({"name": NAME, "cursor": ""}, county),
        ({"name": NAME, "cursor": "值"}, county),
        ({"name": NAME, "cursor": cursor}, village),
        ({"name": "示例乙", "cursor": cursor}, county),
        ({"name": NAME, "id_number": PERSON, "cursor": cursor}, county),
    ):
        answer = namesakes.client.post(SEARCH, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "CURSOR_INVALID"), body
    for path in (f"/api/v1/warnings?cursor={cursor}", f"/api/v1/households?household_no=H1&cursor={cursor}"):
        assert namesakes.client.get(path, headers=county).status_code == 400, path


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 101}, {"limit": "5"}, {"limit": True}, {"page": 2}])
def test_what_a_search_cannot_mean_is_refused(hub: Hub, wrong: dict[str, Any]) -> None:
    headers = hub.officer("county-530925")
    answer = hub.client.post(SEARCH, json={"name": NAME, **wrong}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "QUERY_INVALID")
    assert hub.client.post(f"{SEARCH}?limit=5", json={"name": NAME}, headers=headers).status_code == 422


def test_a_number_is_asked_for_with_limit_and_cursor_and_nothing_else(hub: Hub, fold: Fold) -> None:
    log: list[Event] = []
    Household(1, log).register()
    fold(log)
    headers = hub.officer("county-530925")
    found = hub.client.get("/api/v1/households?household_no=H1&limit=1", headers=headers).json()
    assert (numbers(found["items"]), found["next"]) == (["H1"], None)
    assert found["items"][0]["registered"] is True
    for query, status in (("limit=0", 422), ("limit=101", 422), ("offset=1", 422), ("cursor=x", 400)):
        assert hub.client.get(f"/api/v1/households?household_no=H1&{query}", headers=headers).status_code == status


def test_the_page_leads_on_and_back_without_a_name_in_an_address(namesakes: Hub) -> None:
    headers = {**namesakes.officer("county-530925"), "Accept": "text/html"}
    first = namesakes.client.post("/search", data={"name": NAME}, headers=headers).text
    assert shown(first) == NUMBERS[:100]
    assert "前 100 户，后面还有" in first
    assert "回到第一页" not in first
    cursor = re.search(r'<button [^>]*name="cursor" value="([^"]+)">更多</button>', first)
    assert cursor is not None
    assert f'<input type="hidden" name="name" value="{NAME}">' in first
    rest = namesakes.client.post("/search", data={"name": NAME, "cursor": cursor[1]}, headers=headers).text
    assert shown(rest) == NUMBERS[100:]
    assert "接着列出 30 户。" in rest
    assert ("更多" in rest, "回到第一页" in rest) == (False, True)
    assert not re.search(r'(href|action)="[^"]*(cursor|name|%E7)', first + rest)
    foreign = namesakes.client.post("/search", data={"name": "示例乙", "cursor": cursor[1]}, headers=headers)
    assert (foreign.status_code, "从第一页重新开始" in foreign.text) == (400, True)


def shown(page: str) -> list[str]:
    """The numbers of the households on a page of the search."""
    return re.findall(r"户 (H[0-9]+)<", page)
