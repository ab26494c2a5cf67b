"""The list of warnings: filters with their counts, what is overdue, pages; and nothing of the neighbour's."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from fangpin import database
from services.inbox import listing
from tests.household_events import OTHER_VILLAGE, VILLAGE, Event, Household

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub
    from tests.integration.services.inbox.conftest import Fold


@pytest.fixture
def filled(hub: Hub, fold: Fold) -> Hub:
    """Three warnings in one village (one verified, one stock), one in the next, where a household has none."""
    log: list[Event] = []
    for number, village in ((1, VILLAGE), (2, VILLAGE), (3, VILLAGE), (4, OTHER_VILLAGE)):
        household = Household(number, log, village)
        household.register()
        household.warn("WarningRaised", "housing" if number == 3 else "illness", stock=number == 2)
    Household(5, log, OTHER_VILLAGE).register()
    log_of_finding = Household(1, log, VILLAGE, sequence=2)
    log_of_finding.find("confirmed", "verified")
    fold(log)
    return hub


def page(hub: Hub, username: str, address: str = "/inbox") -> str:
    answer = hub.client.get(address, headers={**hub.officer(username), "Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def households(text: str) -> set[str]:
    return set(re.findall(r"（(H\d)）", text))


def options(text: str, name: str) -> list[str]:
    block = re.search(rf'<select[^>]*name="{name}">(.*?)</select>', text, re.DOTALL)
    assert block is not None
    return [one.strip() for one in re.findall(r"<option[^>]*>([^<]*)", block.group(1))][1:]


def test_each_filter_says_how_many_it_would_show(filled: Hub) -> None:
    text = page(filled, "county-530925")
    assert households(text) == {"H1", "H2", "H3", "H4"}
    assert options(text, "risk") == ["因病（3）", "住房安全（1）"]
    assert options(text, "stock") == ["新产生（3）", "存量（以往年度）（1）"]
    assert re.search(r"待核实 <b>3</b>", text)
    assert re.search(r"属实 <b>1</b>", text)
    text = page(filled, "county-530925", "/inbox?risk=illness&status=open")
    assert households(text) == {"H2", "H4"}
    assert options(text, "risk") == ["因病（2）", "住房安全（1）"]
    text = page(filled, "township-530925", f"/inbox?area={OTHER_VILLAGE}")
    assert households(text) == {"H4"}


def test_a_village_sees_and_counts_itself_only(filled: Hub) -> None:
    text = page(filled, "village-530925-2")
    assert households(text) == {"H4"}
    assert "共 1 条" in text
    assert 'name="area"' not in text
    text = page(filled, "village-530925-2", f"/inbox?area={VILLAGE}")
    assert households(text) == set()
    assert "没有符合条件的预警" in text


def test_what_is_overdue_follows_the_county_s_date(filled: Hub) -> None:
    assert "已逾期" not in page(filled, "county-530925")
    with database.connect(filled.database) as conn:
        conn.execute("INSERT INTO county (county_code, civil_date) VALUES ('530925', %s)", (date(2021, 11, 26),))
    text = page(filled, "county-530925", "/inbox?overdue=true")
    assert households(text) == {"H2", "H3", "H4"}, "the verified one is not late any more"
    assert re.search(r"已逾期 <b>3</b>", text)
    assert "应于 2021-11-25 前核实" in text


def test_a_long_list_has_pages(filled: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ON_A_PAGE", 3)
    text = page(filled, "county-530925")
    assert len(households(text)) == 3
    following = re.search(r'href="(/inbox\?cursor=[^"]+)">下一页', text)
    assert following is not None
    rest = page(filled, "county-530925", following.group(1).replace("&amp;", "&"))
    assert households(text) | households(rest) == {"H1", "H2", "H3", "H4"}
    assert "回到第一页" in rest
    foreign = filled.client.get(
        following.group(1), headers={**filled.officer("township-530925"), "Accept": "text/html"}
    )
    assert foreign.status_code == 400


def test_filters_that_cannot_be_meant_are_a_page_that_says_so(filled: Hub) -> None:
    headers = {**filled.officer("county-530925"), "Accept": "text/html"}
    answer = filled.client.get("/inbox?risk=nonsense", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "填写有误" in answer.text
    assert 'lang="zh-CN"' in answer.text


def test_what_is_not_mine_is_not_there(filled: Hub) -> None:
    headers = {**filled.officer("village-530925-2"), "Accept": "text/html"}
    mine, not_mine = Household(5, []), Household(1, [])
    assert filled.client.get(f"/households/{mine.id}", headers=headers).status_code == 200
    answers = [
        filled.client.get(address, headers=headers)
        for address in (f"/warnings/{not_mine.warning()}", f"/households/{not_mine.id}", "/warnings/1")
    ]
    assert {one.status_code for one in answers} == {404}
    assert len({one.text for one in answers}) == 1, "the same answer for unknown and for foreign"


def test_a_session_that_ended_leads_a_live_part_to_the_login(filled: Hub) -> None:
    filled.client.cookies.clear()
    answer = filled.client.get("/inbox", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login")
    answer = filled.client.get("/inbox", headers={"Accept": "text/html"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
