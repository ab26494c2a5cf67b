"""The form for what a village found: the day of the visit that it proposes."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fangpin import database
from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.ids import household_id, warning_id
from tests.records import bill, household, without_feed

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub
    from tests.integration.services.flow import Flow


COUNTY = "530925"
WARNING = warning_id(household_id(COUNTY, "H1"), "illness", 1)


@pytest.fixture
def warned(hub: Hub, flow: Flow) -> Hub:
    """One household with a warning."""
    hub.send("household-register", [without_feed(household())], "rural-revitalisation")
    hub.send("medical-expense", [without_feed(bill())], "medical-insurance")
    flow.day_comes("2021-11-01")
    return hub


def proposed(hub: Hub) -> str:
    headers = {**hub.officer("village-530925-1"), "Accept": "text/html"}
    page = hub.client.get(f"/warnings/{WARNING}", headers=headers).text
    found = re.search(r'name="visited_on" type="date" value="([^"]*)"', page)
    assert found is not None
    return found.group(1)


def find(hub: Hub, visited_on: str) -> int:
    answer = hub.client.post(
        f"/api/v1/warnings/{WARNING}/findings",
        json={"result": "confirmed", "visited_on": visited_on},
        headers=hub.officer("village-530925-1"),
    )
    return int(answer.status_code)


def set_date(hub: Hub, day: date | None) -> None:
    with database.connect(hub.database) as conn:
        conn.execute(
            "INSERT INTO county (county_code, civil_date) VALUES (%s, %s) "
            "ON CONFLICT (county_code) DO UPDATE SET civil_date = excluded.civil_date",
            (COUNTY, day),
        )


def test_the_county_s_civil_date_is_proposed_and_taken(warned: Hub) -> None:
    set_date(warned, date(2021, 11, 20))
    assert proposed(warned) == "2021-11-20"
    assert find(warned, "2021-11-20") == 202
    assert find(warned, "2021-11-03") == 202


def test_without_a_civil_date_it_is_the_day_in_shanghai(warned: Hub) -> None:
    set_date(warned, None)
    days = (datetime.now(SHANGHAI).date(), proposed(warned), datetime.now(SHANGHAI).date())
    assert days[1] in (days[0].isoformat(), days[2].isoformat())


def test_a_county_ahead_of_the_calendar_is_proposed_a_day_that_a_record_may_bear(warned: Hub) -> None:
    set_date(warned, datetime.now(SHANGHAI).date() + timedelta(days=400))
    assert find(warned, proposed(warned)) == 202


def test_what_is_wrong_with_a_finding_is_said_itself_on_the_page_and_to_a_program(warned: Hub) -> None:
    form = {"result": "confirmed", "visited_on": "1980-01-01", "note": "已走访"}
    officer = warned.officer("village-530925-1")
    answer = warned.client.post(f"/api/v1/warnings/{WARNING}/findings", json=form, headers=officer)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "TIME_RANGE", "visited_on")
    page = warned.client.post(f"/warnings/{WARNING}/findings", data=form, headers={**officer, "Accept": "text/html"})
    assert page.status_code == 422
    assert answer.json()["detail"] in page.text
