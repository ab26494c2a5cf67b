"""The month board from the front door to the page: API, page and command line, each of one's own area."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from services.cli.board import app
from tests.feed_samples import SAMPLES
from tests.records import PERSON, household, without_feed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.services.conftest import Hub
    from tests.integration.services.flow import Flow

COUNTY, VILLAGE, NEIGHBOUR = "410922", "410922100201", "410922100202"
HTML = {"Accept": "text/html"}


def _send(hub: Hub, feed: str, headers: dict[str, str], **more: Any) -> None:
    raw = SAMPLES[feed].raw(feed, **{"county_code": COUNTY, **more})
    answer = hub.client.post(f"/api/v1/feeds/{feed}/records", json={"records": [without_feed(raw)]}, headers=headers)
    assert answer.status_code == 202, answer.text


@pytest.fixture
def month(hub: Hub, flow: Flow) -> Hub:
    """November 2021 in 清丰: bills in time, certificates two days late, nothing of disasters by word, one village's house."""
    for number, village in (("H1", VILLAGE), ("H2", NEIGHBOUR)):
        people = [{"id_number": PERSON, "name": "示例甲", "relation": "户主", "joined_on": "2010-01-01"}]
        raw = household(number, f"r-{number}", people, county_code=COUNTY, village_code=village)
        headers = hub.token("rural-revitalisation", COUNTY)
        records = {"records": [without_feed(raw)]}
        assert hub.client.post("/api/v1/feeds/household-register/records", json=records, headers=headers).is_success
    flow.day_comes("2021-11-18", COUNTY)
    _send(hub, "medical-expense", hub.token("medical-insurance", COUNTY), settled_on="2021-11-02")
    flow.settle()
    flow.day_comes("2021-11-22", COUNTY)
    _send(
        hub,
        "disability",
        hub.token("disabled-federation", COUNTY),
        certified_on="2021-11-03",
        reported_at="2021-11-22T10:00:00+08:00",
    )
    nil = {
        "of_feed": "unemployment",
        "month": "2021-11",
        "declared_on": "2021-11-19",
        "subject": {},
        "reported_at": "2021-11-19T10:00:00+08:00",
    }
    _send(hub, "nil-return", hub.token("human-resources", COUNTY), **nil)
    _send(
        hub,
        "house-defect",
        hub.officer("village-410922-1"),
        subject={"household_no": "H1"},
        found_on="2021-11-20",
        reported_at="2021-11-22T10:00:00+08:00",
    )
    flow.settle()
    return hub


def _board(hub: Hub, officer: str, **query: str) -> dict[str, Any]:
    answer = hub.client.get("/api/v1/board", params=query, headers=hub.officer(officer))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _lines(found: dict[str, Any], *, duty: str | None = None) -> dict[tuple[str, str | None], str]:
    return {
        (one["department"] if one["area"] is None else one["area"], one["duty"]): one["state_text"]
        for one in found["items"]
        if duty in (None, one["duty"])
    }


def test_the_api_says_who_delivered_and_who_did_not(month: Hub) -> None:
    found = _board(month, "county-410922", county=COUNTY, month="2021-11")
    assert (found["county_name"], found["today"], found["clock_since"]) == ("清丰县", "2021-11-22", "2021-11-18")
    lines = _lines(found)
    assert lines["medical-insurance", "clues-illness"] == "已报送"
    assert lines["health", "clues-illness"] == "未报送，已逾期2天"
    assert lines["disabled-federation", "clues-disability"] == "迟报2天"
    assert lines["human-resources", "clues-employment"] == "零报告，迟报2天"
    assert lines["water", "water-ledger"] == "未到期"  # 文件未规定日期
    assert _lines(found, duty="housing-patrol") == {
        (VILLAGE, "housing-patrol"): "已报送",
        (NEIGHBOUR, "housing-patrol"): "未到期",
    }
    assert _lines(found, duty="housing-one-day") == {(VILLAGE, "housing-one-day"): "迟报1天"}
    assert sum(found["totals"].values()) == len(found["items"])
    bills = next(one for one in found["items"] if one["department"] == "medical-insurance")
    assert bills["due_on"] == "2021-11-20"
    assert bills["feeds"] == [
        {"feed": "medical-expense", "title": "住院医疗费用", "records": 1, "last_on": "2021-11-18", "nil_on": None}
    ]
    assert bills["quote"]
    assert "village-meeting" in {one["duty"] for one in found["untracked"]}
    assert _board(month, "county-410922") == found  # the month is that of the civil date, the county one's own


def test_whose_silence_it_is_and_what_is_not_judged_here_is_said(month: Hub) -> None:
    page = month.client.get("/board", headers=month.officer("county-410922") | HTML).text
    assert "部门在本系统没有干部账号" in page
    assert "发到县级干部当天的摘要" in page
    assert "所以这里不判断有没有完成，也不算未报送" in page
    assert "早于本系统启用日" not in page
    assert {one["remark"] for one in _board(month, "county-410922")["items"] if one["state"] == "late"} == {None}


def test_what_was_due_before_the_hub_kept_the_days_says_so(hub: Hub, flow: Flow) -> None:
    flow.day_comes("2021-11-28", COUNTY)
    certified = {"certified_on": "2021-11-03", "reported_at": "2021-11-22T10:00:00+08:00"}
    _send(hub, "disability", hub.token("disabled-federation", COUNTY), **certified)
    flow.settle()
    (late,) = [one for one in _board(hub, "county-410922")["items"] if one["duty"] == "clues-disability"]
    assert late["state_text"] == "迟报8天"
    assert late["remark"] == "到期日早于本系统启用日（2021-11-28），此前可能已用别的方式报送，请核对。"


def test_the_age_of_each_villages_register_is_told(month: Hub) -> None:
    found = _board(month, "county-410922")["registers"]
    assert [(one["village_code"], one["renewed_on"], one["stale"]) for one in found] == [
        (VILLAGE, "2021-01-05", True),
        (NEIGHBOUR, "2021-01-05", True),
    ]
    assert found[0]["age_days"] == (date(2021, 11, 22) - date(2021, 1, 5)).days
    own = _board(month, "village-410922-1")["registers"]
    assert [one["village_code"] for one in own] == [VILLAGE]
    page = month.client.get("/board", headers=month.officer("county-410922") | HTML).text
    assert "2 个村已过期" in page


def test_townships_and_villages_see_their_own_lines(month: Hub) -> None:
    assert {one["area"] for one in _board(month, "village-410922-1")["items"]} == {VILLAGE}
    assert {one["area"] for one in _board(month, "township-410922")["items"]} == {VILLAGE, NEIGHBOUR}
    assert None in {one["area"] for one in _board(month, "auditor-410922")["items"]}
    page = month.client.get("/board", headers=month.officer("village-410922-2") | HTML).text
    assert "医疗保障局" not in page
    assert "住房安全常态化巡查" in page


def test_another_county_is_an_empty_list_and_departments_have_no_business_here(month: Hub) -> None:
    found = _board(month, "county-410922", county="530925", month="2021-11")
    assert (found["items"], found["today"], found["untracked"]) == ([], None, [])
    for path in ("/api/v1/board", "/board"):
        assert month.client.get(path, headers=month.token("housing", COUNTY)).status_code == 403
        assert month.client.get(path, headers={"Accept": "application/json"}).status_code == 401
    assert month.client.get("/board?county=530925", headers=month.officer("county-410922")).status_code == 404


def test_an_operator_asks_for_one_county_and_an_analyst_sees_all_of_it(month: Hub) -> None:
    operator = month.token("operator")
    assert month.client.get("/api/v1/board", headers=operator).json()["code"] == "QUERY_INVALID"
    found = month.client.get("/api/v1/board", params={"county": COUNTY, "month": "2021-11"}, headers=operator).json()
    assert found == _board(month, "analyst-410922")


@pytest.mark.parametrize(
    "query",
    [
        "month=2021-13",
        "month=21-11",
        "month=0000-01",
        "month=2021-11-01",
        "area=410922100",
        "county=41",
        "month=2021-11&month=2021-12",
    ],
)
def test_a_query_that_cannot_be_meant(month: Hub, query: str) -> None:
    answer = month.client.get(f"/api/v1/board?{query}", headers=month.officer("county-410922"))
    assert (answer.status_code, answer.json()["code"]) == (422, "QUERY_INVALID")


def test_the_page_shows_the_silent_first_and_can_be_narrowed(month: Hub) -> None:
    headers = month.officer("county-410922") | HTML
    page = month.client.get("/board?month=2021-11", headers=headers).text
    assert page.index("未报送，已逾期2天") < page.index("迟报2天") < page.index("零报告，迟报2天")
    assert "清丰县2021年11月报送情况" in page
    assert 'href="/board?month=2021-10"' in page
    late = month.client.get("/board?month=2021-11&state=late", headers=headers).text
    assert "残疾人联合会" in late
    assert "医疗保障局" not in late
    assert month.client.get("/board?state=asleep", headers=headers).status_code == 422
    before = month.client.get("/board?month=2020-11", headers=headers).text
    assert "没有已录入的政策文件" in before


def test_a_county_without_a_day_has_nobody_missing(hub: Hub) -> None:
    found = _board(hub, "county-410922", month="2021-11")
    assert (found["today"], found["items"]) == (None, [])


def test_the_command_line_prints_the_same(month: Hub, tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text(json.dumps({"database": month.database}))
    run = CliRunner().invoke
    asked = ["--county", "清丰县", "--month", "2021-11", "--data", str(tmp_path)]
    assert json.loads(run(app, [*asked, "--json"]).output) == _board(month, "county-410922", month="2021-11")
    text = run(app, asked).output
    assert "  迟报2天：因残预警线索（11月20日前）" in text
    assert run(app, [*asked[:3], "2021-13", *asked[4:]]).exit_code == 2
    assert run(app, ["--county", "999999", *asked[2:]]).exit_code == 2
    assert run(app, [*asked[:4], "--data", str(tmp_path / "nothing")]).exit_code == 2
