"""A county officer places a record that nothing else could place, and takes it back, in a real Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from fangpin.domain.identity import check_character
from tests.e2e.browsing import CHROMIUM, DESKTOP, PHONE, Desk, chromium
from tests.e2e.conftest import Hub
from tests.records import bill, household

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no system Chromium; .ci/run installs it")
COUNTY = "530925"
HEAD, MIS = (first + check_character(first) for first in ("53092519720707001", "53092519720707003"))
LIST = "/api/v1/exceptions/unresolved"


@pytest.fixture
def desk(hub: Hub) -> Iterator[Desk]:
    with chromium() as browser:
        found = Desk(browser, hub)
        yield found
        found.close()


def waiting(hub: Hub, record_id: str) -> list[dict[str, Any]]:
    items = hub.client.get(LIST, headers=hub.session("county", COUNTY)).json()["items"]
    return [one for one in items if one["record_id"] == record_id]


def test_unmatched_linked_warned_undone_withdrawn(hub: Hub, desk: Desk) -> None:
    people = [{"id_number": HEAD, "name": "示例<i>甲", "relation": "户主", "joined_on": "2010-01-01"}]
    hub.send("rural-revitalisation", household("L-1", "l1-r", people, phone="0883-0000001"))
    hub.send("medical-insurance", bill("l1-m", subject={"id_number": MIS, "name": "示例<i>甲"}))
    (item,) = hub.soon(lambda: waiting(hub, "l1-m"))
    assert (item["code"], item["feed"], item["row"]) == ("UNMATCHED", "medical-expense", None)
    page = desk.sign_in("county", COUNTY, PHONE)
    page.click("text=待归户")
    page.click(f"#r-{item['record_key']} a")
    expect(page.locator("#state")).to_contain_text("1972-07-07")
    expect(page.locator("#decide")).to_contain_text("有成员姓名、出生日期都与记录相同")
    expect(page.locator("#decide")).to_contain_text("0883-0000001")
    expect(page.locator("#state")).to_contain_text("回执")
    page.check("input[name=household_no][value='L-1']")
    page.fill("#reason", " ")
    page.click("text=决定归入此户")
    expect(page.locator(".alert-danger")).to_have_text("请写明理由，理由会记入本户经历。")
    assert page.is_checked("input[name=household_no][value='L-1']")
    page.fill("#reason", "身份证号末位填错，已电话核实")
    desk.faults.clear()  # the browser tells of the 422 that was meant
    page.click("text=决定归入此户")
    expect(page.locator("#state")).to_contain_text("决定已生效")
    expect(page.locator("#state")).to_contain_text("撤销后这条记录会退回待归户")
    (warning,) = hub.soon(lambda: hub.warnings("L-1"))
    assert (warning["status"], warning["evidence"]) == ("open", ["l1-m"])
    assert waiting(hub, "l1-m") == []
    history = f"{desk.url}/households/{warning['household_id']}"
    page.goto(history)
    expect(page.locator("ol.time")).to_contain_text("归入本户。理由：身份证号末位填错，已电话核实（county-530925）")
    expect(page.locator("ol.time")).to_contain_text("注意：由县级干部决定归入本户")

    wide = desk.sign_in("county", COUNTY, DESKTOP)
    wide.goto(f"{desk.url}/unresolved?show=decided")
    wide.click(f"#r-{item['record_key']} a")
    wide.fill("#reason", "不是同一人")
    wide.click("text=撤销归户决定")
    expect(wide.locator("#state")).to_contain_text("没有找到农户")
    expect(wide.locator("#past")).to_contain_text("撤销决定（county-530925）")
    hub.soon(lambda: [one for one in waiting(hub, "l1-m") if not hub.warnings("L-1")])
    wide.goto(history)
    expect(wide.locator("ol.time")).to_contain_text("预警撤回：县级撤销了归户决定，记录按登记重新归户")
    expect(wide.locator("ol.time")).to_contain_text(
        "撤销归户决定：医疗保障局报送的住院医疗费用（记录 l1-m）按登记重新归户。理由：不是同一人"
    )
    assert MIS not in wide.content()

    stranger = hub.session("county", "410922")
    link = hub.client.post(
        f"{LIST}/{item['record_key']}/link", json={"household_no": "L-1", "reason": "x"}, headers=stranger
    )
    assert link.status_code == 404
    assert hub.client.get(LIST, headers=stranger).json()["items"] == []
    village = hub.session("village", "530925101201")
    assert hub.client.get(f"/unresolved/{item['record_key']}", headers=village).status_code == 403
