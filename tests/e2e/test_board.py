"""The month board in a real Chromium: it turns by itself when a department declares that there was nothing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import CHROMIUM, DESKTOP, PHONE, Desk, chromium, not_loaded_again
from tests.e2e.conftest import Hub
from tests.records import common

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no system Chromium; .ci/run installs it")
COUNTY = "410922"


@pytest.fixture
def desk(hub: Hub) -> Iterator[Desk]:
    with chromium() as browser:
        found = Desk(browser, hub)
        yield found
        found.close()


def test_a_nil_return_clears_a_line_under_the_officers_eyes(hub: Hub, desk: Desk) -> None:
    page = desk.sign_in("county", COUNTY, DESKTOP)
    page.click("header nav >> text=报送")
    page.wait_for_selector("#live-state.well")
    water = page.locator(".board-owner", has_text="水务局")
    expect(page.locator("h1")).to_have_text("清丰县2021年11月报送情况")
    expect(water.locator(".tag")).to_have_text("未到期")
    page.evaluate("window.neverLoadedAgain = true")
    nil = {"of_feed": "drinking-water", "month": "2021-11", "declared_on": "2021-11-01", "declared_by": "示例"}
    hub.send("water", common("nil-return", "nil-1", county_code=COUNTY, subject={}, **nil))
    expect(water.locator(".tag")).to_have_text("零报告")
    assert not_loaded_again(page)
    page.click(".chips >> text=零报告")
    expect(page.locator(".board-owner")).to_have_count(1)


def test_a_phone_shows_no_line_wider_than_itself(desk: Desk) -> None:
    page = desk.sign_in("county", COUNTY, PHONE, scripts=False)
    page.goto(desk.url + "/board?month=2021-10")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    page.click("text=依据 >> nth=0")
    expect(page.locator("blockquote >> nth=0")).to_be_visible()
    page.click("text=上月")
    expect(page.locator("h1")).to_have_text("清丰县2021年9月报送情况")
