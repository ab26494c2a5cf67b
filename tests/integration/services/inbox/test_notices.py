"""An officer's notices: counted, listed, read; each officer's own."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fangpin import database
from tests.household_events import DAY, VILLAGE, Event, Household

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub
    from tests.integration.services.inbox.conftest import Fold

COLLEAGUE = "colleague"


@pytest.fixture
def told(hub: Hub, fold: Fold) -> Hub:
    """Two warnings, of which both officers of the village have notices."""
    log: list[Event] = []
    for number in (1, 2):
        household = Household(number, log)
        household.register()
        raised = household.warn("WarningRaised")
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
