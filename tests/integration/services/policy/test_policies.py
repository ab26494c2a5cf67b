"""A pack from the upload to its approval, by API and page; who may, and what is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.packs import OWN, REPORTED, cases_text, pack_text
from tests.records import common

if TYPE_CHECKING:
    from tests.integration.services.policy.conftest import Town

PATH = "/api/v1/policies"
NEXT = "shuangjiang-2022"
OFFICER = "county-530925"


def propose(town: Town, content: str = "", from_on: str = "2022-01-01", **more: Any) -> Any:
    body = {"content": content or pack_text(), "from": from_on, "reason": "新文件印发", **more}
    return town.hub.client.post(f"{PATH}/proposals", json=body, headers=town.hub.officer(OFFICER))


def approve(town: Town, proposal: dict[str, Any], headers: dict[str, str]) -> Any:
    where = f"{PATH}/proposals/{proposal['proposal']}/approval"
    return town.hub.client.post(where, json={"digest": proposal["digest"]}, headers=headers)


def state(town: Town) -> dict[str, Any]:
    answer = town.hub.client.get(PATH, headers=town.hub.officer(OFFICER))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_two_persons_bring_a_pack_into_force(town: Town) -> None:
    town.desk.take(common("clock", "c-1", date="2021-12-31", reported_at=REPORTED))
    proposal = propose(town).json()
    town.settle()
    (one,) = state(town)["proposals"]
    assert (one["pack"], one["status"], one["proposed_by"], one["digest"]) == (
        NEXT,
        "proposed",
        OFFICER,
        proposal["digest"],
    )
    own = approve(town, proposal, town.hub.officer(OFFICER))
    assert (own.status_code, own.json()["code"]) == (409, "SAME_PERSON")
    other = approve(town, proposal, town.hub.token("operator", ""))
    assert other.status_code == 202, other.text
    town.settle()
    (one,) = state(town)["proposals"]
    assert (one["status"], one["approved_by"]) == ("approved", "operator")
    assert [pack["pack"] for pack in state(town)["in_force"]] == [OWN]
    town.desk.take(common("clock", "c-2", date="2022-01-01", reported_at=REPORTED))
    assert state(town)["proposals"][0]["status"] == "in-force"
    receipt = town.hub.client.get(
        f"/api/v1/receipts/{other.json()['receipt_id']}", headers=town.hub.token("operator", "")
    ).json()
    assert receipt["outcomes"][0]["outcome"] == "matched"


def test_the_approval_is_of_what_was_read(town: Town) -> None:
    proposal = propose(town).json()
    town.settle()
    answer = approve(town, {**proposal, "digest": "0" * 64}, town.hub.token("operator", ""))
    assert (answer.status_code, answer.json()["code"]) == (409, "PROPOSAL_CHANGED")


@pytest.mark.parametrize(
    ("content", "from_on", "field", "said"),
    [
        ("a: [", "2022-01-01", "content", "政策包不能使用"),
        (pack_text(pack=OWN), "2022-01-01", "content", "已经用过"),
        (pack_text(), "2021-12-31", "content", "早于它自己的 valid_from"),
        (pack_text(), "2022-13-01", "from", "启用日期"),
    ],
)
def test_a_pack_that_cannot_be_used_is_refused_at_once(
    town: Town, content: str, from_on: str, field: str, said: str
) -> None:
    answer = propose(town, content, from_on)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert said in answer.json()["detail"]
    assert town.hub.producer.of("feed.policy-proposal") == []


def test_a_neighbours_pack_and_a_neighbours_proposal_are_not_there(town: Town) -> None:
    body = {"content": pack_text(), "from": "2022-01-01", "reason": "x"}
    foreign = town.hub.officer("county-410922")
    assert town.hub.client.post(f"{PATH}/proposals", json=body, headers=foreign).status_code == 404
    proposal = propose(town).json()
    town.settle()
    assert approve(town, proposal, foreign).status_code == 404
    assert town.hub.client.get(f"{PATH}?county=530925", headers=foreign).status_code == 404


@pytest.mark.parametrize("username", ["village-530925-1", "township-530925", "analyst-530925", "auditor-530925"])
def test_nobody_else_proposes(town: Town, username: str) -> None:
    body = {"content": pack_text(), "from": "2022-01-01", "reason": "x"}
    answer = town.hub.client.post(f"{PATH}/proposals", json=body, headers=town.hub.officer(username))
    assert answer.status_code == 403


def test_a_name_in_the_record_is_the_hubs_own_word(town: Town) -> None:
    raw = {
        "record_id": "p-1", "revision": 1, "county_code": "530925", "reported_at": REPORTED, "pack": NEXT,
        "from": "2022-01-01", "content": pack_text(), "reason": "x", "proposed_by": OFFICER,
    }  # fmt: skip
    assert town.hub.send("policy-proposal", [raw], "medical-insurance").status_code == 403
    answer = town.hub.client.post(
        "/api/v1/feeds/policy-proposal/records", json={"records": [raw]}, headers=town.hub.token("operator", "")
    )
    assert answer.status_code == 202, answer.text
    town.settle()
    assert state(town)["proposals"][0]["proposed_by"] == "operator"


def test_the_pages_lead_from_the_form_to_the_differences(town: Town) -> None:
    officer = {**town.hub.officer(OFFICER), "Accept": "text/html"}
    form = {"from": "2022-01-01", "reason": "新文件印发"}
    sent = town.hub.client.post(
        "/policies/proposals",
        data=form,
        files={"pack": ("p.yaml", pack_text(7000).encode())},
        headers=officer,
        follow_redirects=False,
    )
    assert sent.status_code == 303, sent.text
    waiting = town.get(OFFICER, sent.headers["location"])
    assert "正在生效" in waiting.text
    town.settle()
    text = town.get(OFFICER, sent.headers["location"]).text
    assert "须由另一名县级干部或运行管理员批准" in text
    assert "6000.00 → 7000.00" in re.sub(r"&#\d+;", "", text)
    listed = town.get("analyst-530925", "/policies").text
    assert NEXT in listed
    assert "待批准" in listed
    assert "提出新的政策包" not in listed
    assert "自付费用" in town.get("analyst-530925", f"/policies/packs/{OWN}").text


def test_a_faulty_file_is_said_beside_the_form(town: Town) -> None:
    answer = town.hub.client.post(
        "/policies/proposals",
        data={"from": "2022-01-01", "reason": "新文件印发"},
        files={"pack": ("p.yaml", b"\xff\xfe")},
        headers={**town.hub.officer(OFFICER), "Accept": "text/html"},
    )
    assert answer.status_code == 422
    assert "UTF-8" in answer.text


def test_a_proposal_is_taken_back_on_its_page(town: Town) -> None:
    proposal = propose(town).json()
    town.settle()
    where = f"/policies/proposals/{proposal['proposal']}/withdrawal"
    answer = town.hub.client.post(
        where, headers={**town.hub.officer(OFFICER), "Accept": "text/html"}, follow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    town.settle()
    assert state(town)["proposals"][0]["status"] == "withdrawn"
    assert "已撤回" in town.get(OFFICER, "/policies").text


EARLY = {"content": pack_text(5000, valid_from="2021-09-28"), "from_on": "2021-12-01"}


def test_a_boundary_table_proves_the_pack_and_goes_with_it(town: Town) -> None:
    answer = propose(town, **EARLY, cases=cases_text(5000, first="2021-09-28"))
    assert answer.status_code == 202, answer.text
    town.settle()
    assert [one["status"] for one in state(town)["proposals"]] == ["proposed"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            '    - {fact: {self_paid: "4999.99"}, met: false}\n',
            "",
            "规则 medical-self-paid：缺少刚低于界线（差 0.01 元）的案例",
        ),
        (
            '{self_paid: "5000.00"}, met: true',
            '{self_paid: "5000.00"}, met: false',
            "规则 medical-self-paid：案例（2021-10-08，self_paid 5000.00）判断为符合，与案例表不一致",
        ),
        ("pack: shuangjiang-2022", "pack: other-2022", "边界案例表是政策包 other-2022 的"),
        ("  medical-self-paid:", "  no-such-rule:", "no-such-rule"),
        ("cases:", "cases: [", "边界案例表不能使用"),
        ("- {fact: {grade: A}, met: false}", "- {fact: {grade: Z}, met: false}", "grade"),
        ("day: 2021-10-08", "day: 9999-12-31", "边界案例表"),
    ],
)
def test_which_case_is_missing_is_said(town: Town, before: str, after: str, told: str) -> None:
    table = cases_text(5000, first="2021-09-28")
    assert before in table
    answer = propose(town, **EARLY, cases=table.replace(before, after, 1))
    assert (answer.status_code, answer.json()["field"]) == (422, "cases")
    assert told in answer.json()["detail"]
    assert town.hub.producer.of("feed.policy-proposal") == []
