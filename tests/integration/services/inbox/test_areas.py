"""Area warnings over HTTP: who is told of which area, and whose households they see."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from fangpin import database
from fangpin.domain.ids import county_id, event_id
from fangpin.topics import COUNTY_EVENTS
from projections import PROJECTIONS, versions
from projections.handler import ProjectionHandler
from tests.household_events import COUNTY, OTHER_VILLAGE, VILLAGE, Event, Household, delivered

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub
    from tests.integration.services.inbox.conftest import Fold

NUMBERS = {"cluster": "00000000-0000-4000-8000-000000000001", "register": "00000000-0000-4000-8000-000000000002"}


def _told(sequence: int, kind: str, cause: str, area: str, **more: Any) -> Event:
    return {
        "event_id": str(event_id(county_id(COUNTY), sequence)),
        "type": kind,
        "county_code": COUNTY,
        "sequence": sequence,
        "valid_on": date(2021, 11, 2),
        "recorded_at": datetime(2021, 11, 2, tzinfo=UTC),
        "area_warning_id": NUMBERS[cause],
        "area_code": area,
        "cause": cause,
        "since": date(2021, 10, 27),
        "until": date(2021, 11, 2),
        "risk": None,
        "households": 6,
        "expected": None,
        "feed": None,
        "source": None,
        "record_id": None,
        "reason": None,
        "seal_subject": b"",
        "sealed": None,
        **more,
    }


@pytest.fixture
def watched(hub: Hub, fold: Fold) -> Hub:
    """A cluster in a township of two villages with a warning each, and a register of the other village that is stale."""
    log: list[Event] = []
    for number, village in ((1, VILLAGE), (2, OTHER_VILLAGE)):
        one = Household(number, log, village)
        one.register()
        one.warn("WarningRaised")
    fold(log)
    events = [
        _told(1, "AreaWarningRaised", "cluster", VILLAGE[:9], risk="illness", expected=0.5),
        _told(2, "AreaWarningRaised", "register", OTHER_VILLAGE, since=date(2021, 1, 1), until=None),
    ]
    with database.connect(hub.database) as conn:
        projection = PROJECTIONS["area_warnings"]
        handler = ProjectionHandler(projection, versions.ensure(conn, projection), live=True)
        handler.process(conn, delivered(events, COUNTY_EVENTS))
    return hub


def _page(hub: Hub, who: str, path: str) -> str:
    answer = hub.client.get(path, headers={**hub.officer(who), "Accept": "text/html"})
    assert answer.status_code == 200
    return str(answer.text)


def _items(hub: Hub, who: str, **query: str) -> list[str]:
    answer = hub.client.get("/api/v1/area-warnings", params=query, headers=hub.officer(who))
    assert answer.status_code == 200
    return [one["cause"] for one in answer.json()["items"]]


def test_a_village_is_told_of_its_own_areas_and_those_above_it(watched: Hub) -> None:
    assert _items(watched, "village-530925-1") == ["cluster"]
    assert sorted(_items(watched, "county-530925")) == ["cluster", "register"]
    assert _items(watched, "county-530925", area=OTHER_VILLAGE) == ["cluster", "register"]
    assert _items(watched, "county-530925", status="closed") == []
    assert _items(watched, "county-410922") == []
    assert _items(watched, "county-410922", area=VILLAGE) == []


def test_the_page_tells_the_arithmetic_and_shows_a_village_its_own_households_alone(watched: Hub) -> None:
    text = _page(watched, "village-530925-1", f"/areas/{NUMBERS['cluster']}")
    assert "2021-10-27 至 2021-11-02 有 6 户，按全县平时预计 0.5 户" in text
    assert "（H1）" in text
    assert "（H2）" not in text
    both = _page(watched, "county-530925", f"/areas/{NUMBERS['cluster']}")
    assert "（H1）" in both
    assert "（H2）" in both


def test_who_does_not_visit_families_sees_no_household(watched: Hub) -> None:
    token = next(
        one["token"]
        for one in watched.credentials["tokens"]
        if one.get("role") == "analyst" and one["county"] == COUNTY
    )
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/html"}
    text = watched.client.get(f"/areas/{NUMBERS['cluster']}", headers=headers).text
    assert "此账号不能查看到户的内容" in text
    assert "（H1）" not in text
    assert "农户登记过期" in watched.client.get("/areas", headers=headers).text


def test_another_area_is_as_unknown_as_an_id_that_is_not_there(watched: Hub) -> None:
    for who, path in (
        ("county-410922", f"/areas/{NUMBERS['cluster']}"),
        ("village-530925-1", f"/areas/{NUMBERS['register']}"),
        ("county-530925", "/areas/00000000-0000-4000-8000-00000000ffff"),
        ("county-530925", "/areas/x"),
    ):
        assert watched.client.get(path, headers=watched.officer(who)).status_code == 404


def test_a_filter_that_cannot_be_meant_and_a_department_are_refused(watched: Hub) -> None:
    for query in ({"status": "x"}, {"colour": "red"}, {"area": "1"}):
        answer = watched.client.get("/api/v1/area-warnings", params=query, headers=watched.officer("county-530925"))
        assert answer.status_code == 422
    department = watched.token("housing")
    assert watched.client.get("/api/v1/area-warnings", headers=department).status_code == 403
    assert watched.client.get("/api/v1/area-warnings").status_code == 401
