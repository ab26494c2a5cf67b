"""An officer's notices: counted, listed, read; each officer's own."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fangpin import database
from fangpin.areas import area_name
from fangpin.domain.ids import household_id, warning_id
from tests.feed_samples import SAMPLES
from tests.household_events import DAY, VILLAGE, Event, Household
from tests.records import bill, household, without_feed

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub
    from tests.integration.services.flow import Flow
    from tests.integration.services.inbox.conftest import Fold

COLLEAGUE = "colleague"


@pytest.fixture
def told(hub: Hub, fold: Fold) -> Hub:
    """Two warnings, of which both officers of the village have notices."""
    log: list[Event] = []
    for number in (1, 2):
        one = Household(number, log)
        one.register()
        raised = one.warn("WarningRaised")
        with database.connect(hub.database) as conn:
            for username in ("village-530925-1", COLLEAGUE):
                conn.execute(
                    "INSERT INTO notice (event_id, username, warning_id, village_code, risk, since, told_at) "
                    "VALUES (%s, %s, %s, %s, 'illness', %s, %s)",
                    (raised["event_id"], username, raised["warning_id"], VILLAGE, DAY, datetime.now(UTC)),
                )
    fold(log)
    return hub


def listed(hub: Hub) -> str:
    headers = {**hub.officer("village-530925-1"), "Accept": "text/html"}
    return str(hub.client.get("/notices", headers=headers).text)


def unread(hub: Hub) -> int:
    found = re.search(r"通知，(\d+) 条未读", listed(hub))
    assert found is not None
    return int(found.group(1))


def mark(hub: Hub, **form: str) -> None:
    answer = hub.client.post("/notices", data=form, headers=hub.officer("village-530925-1"), follow_redirects=False)
    assert answer.status_code == 303


def of_colleague(hub: Hub) -> int:
    with database.connect(hub.database) as conn:
        (count,) = conn.execute(
            "SELECT count(*) FROM notice WHERE username = %s AND read_at IS NULL", (COLLEAGUE,)
        ).fetchone()
    return int(count)


def test_one_is_read_then_all_and_only_mine(told: Hub) -> None:
    assert unread(told) == 2
    event = re.search(r'name="event_id" value="([^"]+)"', listed(told))
    assert event is not None
    mark(told, event_id=event.group(1))
    assert unread(told) == 1
    mark(told)
    assert unread(told) == 0
    assert of_colleague(told) == 2


def test_whoever_is_told_nothing_has_an_empty_list(told: Hub) -> None:
    headers = {**told.officer("county-530925"), "Accept": "text/html"}
    assert "没有通知" in told.client.get("/notices", headers=headers).text


def test_a_form_of_another_site_marks_nothing(told: Hub) -> None:
    token = told.officer("village-530925-1")["Authorization"].removeprefix("Bearer ")
    answer = told.client.post(
        "/notices", data={}, headers={"Cookie": f"fangpin_session={token}", "Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert unread(told) == 2


def test_analysts_have_no_bell(told: Hub) -> None:
    headers = {**told.officer("analyst-530925"), "Accept": "text/html"}
    assert told.client.get("/notices", headers=headers).status_code == 403
    assert "条未读" not in told.client.get("/statistics", headers=headers).text


def count(hub: Hub, username: str) -> int:
    """What the bell of an officer says."""
    page = hub.client.get("/notices", headers={**hub.officer(username), "Accept": "text/html"}).text
    found = re.search(r"通知，(\d+) 条未读", page)
    assert found is not None
    return int(found.group(1))


def test_those_above_the_village_are_told_too_and_read_for_themselves(hub: Hub, flow: Flow) -> None:
    hub.send(
        "household-register", [without_feed(household(reported_at="2021-11-01T10:00:00+08:00"))], "rural-revitalisation"
    )
    hub.send("medical-expense", [without_feed(bill())], "medical-insurance")
    flow.day_comes("2021-11-01")
    told = ("village-530925-1", "township-530925", "county-530925")
    assert [count(hub, one) for one in (*told, "village-530925-2", "county-410922")] == [1, 1, 1, 0, 0]
    page = hub.client.get("/notices", headers={**hub.officer("county-530925"), "Accept": "text/html"}).text
    assert "示例甲（H1）" in page
    assert area_name("530925101201", {}) in page, "those above are told of which village"
    warning = warning_id(household_id("530925", "H1"), "illness", 1)
    headers = {**hub.officer("township-530925"), "Accept": "text/html"}
    assert hub.client.get(f"/warnings/{warning}", headers=headers).status_code == 200
    assert [count(hub, one) for one in told] == [1, 0, 1]
    hub.send("medical-expense", [without_feed(bill("m-2"))], "medical-insurance")
    flow.settle()
    assert [count(hub, one) for one in told] == [1, 0, 1], "growth tells nobody again"


def test_an_area_on_watch_is_told_to_those_who_lead_it_until_they_look(hub: Hub, flow: Flow) -> None:
    flow.day_comes("2021-11-01")
    sample = without_feed(SAMPLES["area-event"].raw("area-event"))
    event = {
        **sample,
        "area_code": VILLAGE[:9],
        "from": "2021-10-20",
        "occurred_on": "2021-10-20",
        "until": "2021-11-10",
    }
    hub.send("area-event", [event], "emergency")
    flow.settle()
    told = ("township-530925", "county-530925", "village-530925-1", "county-410922")
    assert [count(hub, one) for one in told] == [1, 1, 0, 0]
    headers = {**hub.officer("county-530925"), "Accept": "text/html"}
    page = hub.client.get("/notices", headers=headers).text
    assert "区域性风险事件" in page
    assert "2021-10-20 至 2021-11-10" in page
    address = re.search(r'href="(/areas/[^"]+)"', page)
    assert address is not None
    assert hub.client.get(address.group(1), headers=headers).status_code == 200
    assert [count(hub, one) for one in told] == [1, 0, 0, 0], "who looked has read it, for themselves"
    answer = hub.client.post("/notices", data={}, headers=hub.officer("township-530925"), follow_redirects=False)
    assert answer.status_code == 303
    assert count(hub, "township-530925") == 0
