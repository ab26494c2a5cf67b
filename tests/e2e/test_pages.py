"""The pages in a real Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from fangpin.domain.identity import check_character
from tests.e2e.browsing import ANOTHER_NAME, CHROMIUM, DESKTOP, Desk, chromium, not_loaded_again
from tests.e2e.conftest import Hub
from tests.records import PERSON, bill, household

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no system Chromium; .ci/run installs it")
VILLAGE = "530925101201"
NAME = "<b>示例</b>${jndi:x}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def desk(browser: Browser, hub: Hub) -> Iterator[Desk]:
    found = Desk(browser, hub)
    yield found
    found.close()


def number(born: str, order: str = "001") -> str:
    """An identity number of nobody, born on that day."""
    first = f"530925{born}{order}"
    return first + check_character(first)


def person(who: str, name: str = "示例甲", **more: object) -> dict[str, object]:
    return {"id_number": who, "name": name, "relation": "户主", "joined_on": "2010-01-01", **more}


def warn(hub: Hub, household_no: str, who: str, name: str = "示例甲", village: str = VILLAGE) -> None:
    hub.send(
        "rural-revitalisation",
        household(household_no, f"{household_no}-r", [person(who, name)], village_code=village),
    )
    hub.send("medical-insurance", bill(f"{household_no}-m", subject={"id_number": who}, diagnosis="胃溃疡"))


def test_from_the_inbox_to_a_finding_and_its_effect(hub: Hub, desk: Desk) -> None:
    page = desk.sign_in("village", VILLAGE)
    warn(hub, "P-1", PERSON, NAME)
    page.click("text=（P-1）")  # it comes without a reload
    page.wait_for_selector("text=6234.50 ≥ 6000.00")
    text = page.content()
    assert "自付费用超过 6000 元以上（含）" in text
    assert "双巩固振兴组〔2021〕1号" in text
    assert "胃溃疡" not in text
    assert PERSON not in text
    assert page.locator("td b").count() == 0, "F24: a name is text"
    page.evaluate("window.neverLoadedAgain = true")
    with page.expect_response("**/warnings/*"):  # the page is brought up to date before anything was saved on it
        page.evaluate("document.body.dispatchEvent(new Event('changed'))")
    page.check("input[value=confirmed]")
    page.fill("#visited_on", "2021-10-30")
    page.fill("#note", "已走访")
    page.click("text=保存核实结果")
    page.wait_for_selector("text=核实结果已生效")
    assert not_loaded_again(page)
    assert page.locator("#state .tag.verified").count() == 1
    expect(page.locator("#past")).to_contain_text("核实因病预警：属实：已走访")
    page.goto(desk.url + "/search")
    page.fill("input[name=id_number]", PERSON)
    page.click("main button")
    page.wait_for_selector("text=户 P-1")
    assert PERSON not in page.url


def test_a_finding_that_cannot_be_meant_is_said_beside_the_form(hub: Hub, desk: Desk) -> None:
    page = desk.sign_in("village", VILLAGE)
    warn(hub, "P-2", number("19820202"))
    page.click("text=（P-2）")
    page.check("input[value=confirmed]")
    page.fill("#visited_on", "1980-01-01")
    page.fill("#note", "写了很久的说明")
    page.click("text=保存核实结果")
    page.wait_for_selector("[role=alert]")
    assert page.input_value("#note") == "写了很久的说明"
    desk.faults = [one for one in desk.faults if "422" not in one]  # the browser notes the status itself


def test_forms_work_where_the_hub_has_no_TLS_and_the_browser_does_not_say_where_they_come_from(
    hub: Hub, desk: Desk
) -> None:
    """Sec-Fetch-Site is sent to one's own machine and over TLS only; Origin must do."""
    desk.url = desk.url.replace("127.0.0.1", ANOTHER_NAME)
    page = desk.sign_in("village", VILLAGE)
    warn(hub, "P-20", number("19770717"))
    page.goto(desk.url + "/search")
    page.fill("input[name=id_number]", number("19770717"))
    page.click("main button")
    page.wait_for_selector("text=户 P-20")
    page.click("text=退出")
    page.wait_for_url("**/login")
    desk.faults = [one for one in desk.faults if "Cross-Origin-Opener-Policy" not in one]  # it takes TLS


def test_a_list_changes_under_the_officers_eyes_and_keeps_the_focus(hub: Hub, desk: Desk) -> None:
    page = desk.sign_in("county", "530925", DESKTOP)
    warn(hub, "P-3a", number("19830303"))
    page.wait_for_selector("text=（P-3a）")
    page.evaluate("document.querySelector('#found .entries').touched = true")
    page.focus("select[name=risk]")
    warn(hub, "P-3", number("19830304"))
    page.wait_for_selector("text=（P-3）")
    assert not_loaded_again(page)
    assert page.evaluate("document.querySelector('#found .entries').touched"), "morphed, not replaced"
    assert page.evaluate("document.activeElement.name") == "risk"
    page.select_option("select[name=area]", VILLAGE[:9])
    page.click("text=筛选")
    page.wait_for_url("**area=530925101**")
    page.click(".chips a:has-text('待核实')")
    page.wait_for_url("**status=open**")
    assert "area=530925101" in page.url
    page.wait_for_selector("text=（P-3）")


def test_a_page_that_nobody_looks_at_gives_its_connection_back(hub: Hub, desk: Desk) -> None:
    look = (
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }"
    )
    page = desk.sign_in("village", VILLAGE)
    page.evaluate(look, True)
    expect(page.locator("#live-state")).to_have_text("已暂停")
    warn(hub, "P-11", number("19910101"))
    hub.soon(lambda: hub.warnings("P-11"))
    page.evaluate(look, False)
    page.wait_for_selector("text=（P-11）")
    expect(page.locator("#live-state")).to_have_text("实时")
    assert not_loaded_again(page)


def test_notices_are_counted_and_read(hub: Hub, desk: Desk) -> None:
    page = desk.sign_in("village", "530925101202")
    warn(hub, "P-4", number("19840404"), village="530925101202")
    bell = page.locator("#bell .count")
    expect(bell).to_have_text("1")
    page.click("#bell")
    page.click("text=标为已读 >> nth=-1")
    expect(bell).to_have_count(0)
    expect(page.locator("main")).to_contain_text("P-4")
    expect(page.locator(".entries .tag")).to_have_text("已读")


def test_statistics_are_drawn_told_and_kept_true(hub: Hub, desk: Desk) -> None:
    warn(hub, "P-5", number("19850505"))
    page = desk.sign_in("analyst", "530925", DESKTOP)
    page.wait_for_selector(".chart canvas >> nth=2")
    row = page.locator("#t-risk tr", has_text="因病")
    before = int(row.locator("td").last.inner_text())
    warn(hub, "P-6", number("19860606"))
    expect(row.locator("td").last).to_have_text(str(before + 1))
    assert not_loaded_again(page)
    assert page.locator(".chart canvas").count() == 3
    assert "示例甲" not in page.content()
    with page.expect_download() as download:
        page.click("text=下载 CSV >> nth=0")
    assert "因病" in download.value.path().read_text("utf-8-sig")
    page.click("#t-area a")
    page.wait_for_url("**area=530925**")


def test_analysts_and_auditors_see_nobody(desk: Desk) -> None:
    for role in ("analyst", "auditor"):
        page = desk.sign_in(role, "530925")
        answer = page.goto(desk.url + "/inbox")
        assert answer is not None
        assert answer.status == 403
        assert "无权查看" in page.content()
    desk.faults = [one for one in desk.faults if "403" not in one]


def test_everything_is_done_with_the_keyboard(hub: Hub, desk: Desk) -> None:
    warn(hub, "P-7", number("19870707"))
    page = desk.open(DESKTOP)
    officer = hub.officer("village", VILLAGE)
    page.wait_for_selector("#username:focus")  # where typing goes, once the page is there
    for text in (officer["username"], officer["password"]):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=（P-7）")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "where the focus is can be seen"
    page.keyboard.press("Enter")
    here = "document.activeElement.matches('a.entry') && document.activeElement.textContent.includes('（P-7）')"
    while not page.evaluate(here):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement !== document.body"), "the end of the page, and no P-7"
    page.keyboard.press("Enter")
    page.wait_for_selector("#finding")
    while page.evaluate("document.activeElement.name") != "result":
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == "not-confirmed"
    while page.evaluate("document.activeElement.type") != "submit":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=核实结果已生效")


def test_pages_work_without_scripts(hub: Hub, desk: Desk) -> None:
    warn(hub, "P-8", number("19880808"))
    hub.soon(lambda: hub.warnings("P-8"))
    page = desk.sign_in("village", VILLAGE, scripts=False)
    page.click("text=（P-8）")
    page.check("input[value=already-helped]")
    page.fill("#visited_on", "2021-10-30")
    page.click("text=保存核实结果")
    page.wait_for_selector("text=核实结果")
    hub.soon(lambda: hub.warnings("P-8")[0]["status"] == "helped")
    page.reload()
    expect(page.locator("#state")).to_contain_text("最近一次核实：已帮扶")
    page.goto(desk.url + "/statistics")
    expect(page.locator("#t-risk")).to_contain_text("因病")


def test_a_household_tells_what_it_knows_and_does_not(hub: Hub, desk: Desk) -> None:
    old, new, child, head = "P-9", "P-10", number("20100202"), number("19890909")
    there = [person(number("19810101")), person(child, "示例乙", relation="子", left_on="2021-10-20")]
    here = [person(head), person(child, "示例乙", relation="侄", joined_on="2021-10-20")]
    hub.send("rural-revitalisation", household(old, "p9-r", there), household(new, "p10-r", here))
    mine = {"subject": {"id_number": head}}
    hub.send(
        "medical-insurance",
        bill("p10-low", "4000.00", **mine),
        bill("p10-early", "9000.00", **mine, admitted_on="2021-05-01", settled_on="2021-05-06"),
        bill("p9-child", subject={"id_number": child}, diagnosis="骨折"),
    )
    hub.soon(lambda: hub.warnings(old))
    page = desk.sign_in("village", VILLAGE, DESKTOP)
    page.goto(desk.url + "/search")
    page.fill("input[name=household_no]", new)
    page.keyboard.press("Enter")
    page.click(f"text=户 {new}")
    expect(page.locator("#household")).to_contain_text("本户没有预警")
    without = page.locator("section", has_text="没有引起预警的情况").last
    expect(without).to_contain_text("该日无政策：2021-05-06")
    expect(without).to_contain_text("没有达到 双巩固振兴组〔2021〕1号 的条件")
    totals = page.locator("section", has_text="全年累计").last
    expect(totals).to_contain_text("累计数不是预警条件")
    expect(totals).to_contain_text("累计 4000.00 元（1 次），单次标准 6000.00 元")
    brought = page.locator("section.context", has_text="带来的情况")
    expect(brought).to_contain_text("不会使本户产生预警")
    expect(brought).to_contain_text("自付费用 6234.50元")
    text = page.content()
    assert old not in text, "the number of another household"
    assert "骨折" not in text
    expect(page.locator("ol.time")).to_contain_text("首次登记：脱贫户，2人")
    expect(page.locator("ol.time li").first).to_contain_text("记入")
