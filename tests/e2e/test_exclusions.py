"""The pre-check sheet of the ten situations in a real Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from fangpin.domain.identity import check_character
from tests.e2e.browsing import CHROMIUM, DESKTOP, PHONE, Desk, chromium, not_loaded_again
from tests.e2e.conftest import Hub
from tests.records import bill, common, household

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no system Chromium; .ci/run installs it")
VILLAGE = "530925101201"
HEAD, CHILD = (first + check_character(first) for first in ("53092519710707001", "53092520050808001"))


@pytest.fixture
def desk(hub: Hub) -> Iterator[Desk]:
    with chromium() as browser:
        found = Desk(browser, hub)
        yield found
        found.close()


def answer(hub: Hub, department: str, record_id: str, situation: int, said: str, **more: object) -> None:
    raw = {"subject": {"household_no": "X-1"}, "situation": situation, "answer": said, "answered_on": "2021-10-08"}
    hub.send(department, common("exclusion-answer", record_id, **(raw | more)))


def test_the_sheet_says_who_answered_and_who_did_not_and_rejects_nobody(hub: Hub, desk: Desk) -> None:
    people = [
        {"id_number": HEAD, "name": "示例甲", "relation": "户主", "joined_on": "2010-01-01"},
        {"id_number": CHILD, "name": "示例乙", "relation": "子", "joined_on": "2010-01-01"},
    ]
    hub.send("rural-revitalisation", household("X-1", "x1-r", people))
    hub.send("medical-insurance", bill("x1-m", subject={"id_number": HEAD}))
    answer(hub, "market-regulation", "x-5", 5, "clear")
    answer(hub, "public-security", "x-3", 3, "hit", detail="<b>轿车</b>")
    answer(hub, "public-security", "x-9", 9, "hit", subject={"id_number": CHILD, "name": "示例乙"}, person_only=True)
    (warning,) = hub.soon(lambda: hub.warnings("X-1"))
    page = desk.sign_in("village", VILLAGE, DESKTOP)
    page.goto(f"{desk.url}/households/{warning['household_id']}")
    sheet = page.locator("#exclusions")
    expect(sheet).to_contain_text("有 2 类，无 1 类，尚未答复 7 类")
    expect(sheet).to_contain_text("系统不会据此否决任何农户")
    expect(page.locator("#x-5")).to_contain_text("市场监督管理局 2021-10-08 答复：无")
    expect(page.locator("#x-3")).to_contain_text("<b>轿车</b>")
    expect(page.locator("#x-9")).to_contain_text("公安局 2021-10-08 答复：有（示例乙），仅限个人")
    expect(page.locator("#x-9")).to_contain_text("民政局尚未答复，自 2021-10-08 起（本户预警之日）")
    expect(page.locator("#h-without")).to_have_count(0)
    answer(hub, "public-security", "x-3b", 3, "clear", answered_on="2021-10-20")
    expect(page.locator("#x-3 .tag")).to_have_text("无")
    page.goto(f"{desk.url}/households/{warning['household_id']}/exclusions")
    page.evaluate("window.neverLoadedAgain = true")
    answer(hub, "market-regulation", "x-5", 5, "hit", revision=2)
    expect(page.locator("#x-5 .tag")).to_have_text("有")
    assert not_loaded_again(page)
    page.emulate_media(media="print")
    assert not page.locator("header.top").is_visible()
    assert page.locator("#x-10").is_visible()
    assert HEAD not in page.content()
    stranger = hub.session("village", "530925101202") | {"Accept": "text/html"}
    elsewhere = hub.client.get(f"/households/{warning['household_id']}/exclusions", headers=stranger)
    assert elsewhere.status_code == 404
    analyst = hub.session("analyst", "530925") | {"Accept": "text/html"}
    assert hub.client.get(f"/households/{warning['household_id']}/exclusions", headers=analyst).status_code == 403


def test_a_county_officer_s_reason_stands_beside_the_answer_and_can_be_taken_back(hub: Hub, desk: Desk) -> None:
    people = [{"id_number": HEAD, "name": "示例甲", "relation": "户主", "joined_on": "2010-01-01"}]
    hub.send("rural-revitalisation", household("X-2", "x2-r", people))
    answer(hub, "public-security", "x2-3", 3, "hit", subject={"household_no": "X-2"}, detail="轿车")
    found = hub.soon(lambda: households(hub, "X-2"))
    address = f"/households/{found[0]['household_id']}/exclusions"
    page = desk.sign_in("county", "530925", PHONE)
    page.goto(desk.url + address)
    expect(page.locator("#x-3 .tag")).to_have_text("有")
    page.reload()  # the forms do not change under somebody's hands
    page.click("#d-3 summary")
    page.fill("#reason-3", "  ")
    page.click("#d-3 button")
    expect(page.locator(".alert-danger")).to_have_text("请写明理由，理由会记入本户经历。")
    desk.faults.clear()  # the browser tells of the 422 that was meant
    page.fill("#reason-3", "车辆已报废<b>")
    page.click("#d-3 button")
    expect(page.locator("#x-3")).to_contain_text("车辆已报废<b>")
    expect(page.locator("#x-3 .tag").first).to_have_text("有")
    expect(page.locator("#x-3 .tag").last).to_have_text("已作专门说明")
    expect(page.locator("#exclusions-sheet")).to_contain_text("有 1 类（其中 1 类已作专门说明）")
    page.emulate_media(media="print")
    assert page.locator("#x-3").is_visible()
    assert not page.locator("#decide").is_visible()
    page.emulate_media(media="screen")

    village = desk.sign_in("village", VILLAGE, DESKTOP)
    village.goto(desk.url + address)
    expect(village.locator("#x-3")).to_contain_text("county-530925）：车辆已报废")
    assert village.locator("#decide").count() == 0
    own = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
    for role, area, status in (("village", VILLAGE, 403), ("township", "530925101", 403), ("county", "410922", 404)):
        headers = hub.session(role, area) | own
        refused = hub.client.post(f"{address}/3/override", content="reason=x", headers=headers)
        assert refused.status_code == status
    county = hub.session("county", "530925") | own
    assert hub.client.post(f"{address}/5/override", content="reason=x", headers=county).status_code == 422
    assert hub.client.post(f"{address}/11/override", content="reason=x", headers=county).status_code == 404

    page.click("#d-3 summary")
    page.fill("#reason-3", "查明仍在使用")
    page.click("#d-3 button")
    expect(page.locator("#x-3 .tag")).to_have_count(1)
    page.goto(desk.url + address.removesuffix("/exclusions"))
    timeline = page.locator("ol.time")
    expect(timeline).to_contain_text("对排除情形“消费型汽车”作出专门说明。理由：车辆已报废<b>（county-530925）")
    expect(timeline).to_contain_text("对排除情形“消费型汽车”撤回专门说明。理由：查明仍在使用（county-530925）")


def households(hub: Hub, number: str) -> list[dict[str, Any]]:
    """Those whose answer on situation 3 is in the history."""
    county = hub.session("county", "530925")
    items = hub.client.get("/api/v1/households", params={"household_no": number}, headers=county).json()["items"]
    return [
        one
        for one in items
        if "SignalRecorded" in hub.client.get(f"/api/v1/households/{one['household_id']}/history", headers=county).text
    ]
