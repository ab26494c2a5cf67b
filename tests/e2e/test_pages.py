"""The pages in a real Chromium."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.conftest import Hub
from tests.records import PERSON, bill, household

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no system Chromium; .ci/run installs it")
NAME = "<b>示例</b>${jndi:x}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


def log_in(browser: Browser, hub: Hub, role: str, area: str, width: int = 390) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 844})
    officer = hub.officer(role, area)
    page.goto(hub.credentials["url"])
    page.fill("#username", officer["username"])
    page.fill("#password", officer["password"])
    page.click("button.go")
    return page


def test_from_the_inbox_to_a_finding_and_its_effect(hub: Hub, browser: Browser) -> None:
    people = [{"id_number": PERSON, "name": NAME, "relation": "户主", "joined_on": "2010-01-01"}]
    page = log_in(browser, hub, "village", "530925101201")
    page.wait_for_selector("h1")
    hub.send("rural-revitalisation", household("P-1", "p-r1", people))
    hub.send("medical-insurance", bill("p-m1", diagnosis="胃溃疡"))
    page.click("text=（P-1）")  # it comes without a reload
    page.wait_for_selector("text=6234.50 ≥ 6000.00")
    text = page.content()
    assert "自付费用超过 6000 元以上（含）" in text
    assert "双巩固振兴组〔2021〕1号" in text
    assert "胃溃疡" not in text
    assert PERSON not in text
    assert page.locator("td b").count() == 0, "F24: a name is text"
    page.check("input[value=confirmed]")
    page.fill("#visited_on", "2021-10-30")
    page.fill("#note", "已走访")
    page.click("text=保存核实结果")
    page.wait_for_selector("text=最近一次")
    assert page.locator(".tag.verified").count() == 1
    page.goto(hub.credentials["url"] + "/search")
    page.fill("input[name=id_number]", PERSON)
    page.click("text=查找 >> nth=-1")
    page.wait_for_selector("text=户 P-1")
    assert PERSON not in page.url
    page.close()


def test_county_filters_and_statistics(hub: Hub, browser: Browser) -> None:
    page = log_in(browser, hub, "county", "530925", width=1440)
    page.select_option("select[name=status]", "dismissed")
    page.click("text=筛选")
    page.wait_for_url("**status=dismissed**")
    page.goto(hub.credentials["url"] + "/statistics")
    page.wait_for_selector("text=按风险")
    assert page.locator("meter").count() >= 1
    page.close()


def test_an_analyst_sees_counts_and_no_people(hub: Hub, browser: Browser) -> None:
    page = log_in(browser, hub, "analyst", "530925")
    page.wait_for_selector("text=按月份")
    response = page.goto(hub.credentials["url"] + "/inbox")
    assert response is not None
    assert response.status == 403
    page.close()
