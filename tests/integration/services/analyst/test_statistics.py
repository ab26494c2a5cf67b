"""Counts by risk, area and month: API, page and files; of one's own area, without people."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from fangpin import database
from projections import PROJECTIONS, versions
from projections.handler import ProjectionHandler
from tests.household_events import OTHER_VILLAGE, VILLAGE, Event, Household, delivered

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub


@pytest.fixture
def counted(hub: Hub) -> Hub:
    """Two warnings in one village, one of them helped; one in the next village."""
    log: list[Event] = []
    for number, village, risk in ((1, VILLAGE, "illness"), (2, VILLAGE, "housing"), (3, OTHER_VILLAGE, "illness")):
        household = Household(number, log, village)
        household.register()
        household.warn("WarningRaised", risk)
        if number == 2:
            household.find("already-helped", "helped", risk)
    with database.connect(hub.database) as conn:
        projection = PROJECTIONS["county_counts"]
        version = versions.ensure(conn, projection)
        ProjectionHandler(projection, version, live=True).process(conn, delivered(log))
    return hub


def test_the_api_counts_open_and_all(counted: Hub) -> None:
    headers = counted.officer("analyst-530925")
    get = counted.client.get
    assert get("/api/v1/statistics/warnings?by=risk", headers=headers).json() == {
        "items": [{"key": "housing", "open": 0, "total": 1}, {"key": "illness", "open": 2, "total": 2}]
    }
    assert get("/api/v1/statistics/warnings?by=area", headers=headers).json()["items"][0]["key"] == VILLAGE[:9]
    assert get("/api/v1/statistics/warnings?by=month&county=410922", headers=headers).json() == {"items": []}
    assert get("/api/v1/statistics/warnings?by=name", headers=headers).status_code == 422


def test_the_page_leads_down_and_up_again(counted: Hub) -> None:
    headers = {**counted.officer("county-530925"), "Accept": "text/html"}
    county = counted.client.get("/statistics", headers=headers).text
    assert f'href="/statistics?area={VILLAGE[:9]}"' in county
    township = counted.client.get(f"/statistics?area={VILLAGE[:9]}", headers=headers).text
    assert f'href="/statistics?area={VILLAGE}"' in township
    assert 'aria-label="上级区域"' in township
    assert counted.client.get("/statistics?area=410922", headers=headers).status_code == 404
    village = {**counted.officer("village-530925-2"), "Accept": "text/html"}
    assert counted.client.get(f"/statistics?area={VILLAGE}", headers=village).status_code == 404


def test_files_hold_the_same_numbers_and_are_audited(counted: Hub) -> None:
    headers = counted.officer("analyst-530925")
    csv = counted.client.get("/statistics/warnings.csv?by=risk", headers=headers)
    assert csv.headers["content-disposition"] == 'attachment; filename="warnings-530925-risk.csv"'
    assert csv.content.decode("utf-8-sig").splitlines()[1:] == ["illness,因病,2,0,2", "housing,住房安全,0,1,1"]
    file = counted.client.get("/statistics/warnings.xlsx", headers=headers).content
    book = CalamineWorkbook.from_filelike(io.BytesIO(file))
    assert book.sheet_names == ["按风险", "按区域", "按月份"]
    assert book.get_sheet_by_name("按风险").to_python()[2] == ["illness", "因病", 2, 0, 2]
    with database.connect(counted.database) as conn:
        rows = conn.execute("SELECT object FROM audit WHERE action = 'export' ORDER BY object").fetchall()
    assert rows == [("statistics 530925",), ("statistics risk 530925",)]
    assert counted.client.get("/statistics/warnings.csv?by=name", headers=headers).status_code == 422


def test_departments_count_nothing(counted: Hub) -> None:
    for path in ("/statistics", "/statistics/warnings.csv", "/api/v1/statistics/warnings?by=risk"):
        assert counted.client.get(path, headers=counted.token("housing")).status_code == 403
