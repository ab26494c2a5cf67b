"""A draft tried on the page: who appears and disappears, for whom to see, and the workbook."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook

from tests.packs import REPORTED, pack_text
from tests.records import OTHER, PERSON, bill, common, household

if TYPE_CHECKING:
    from tests.integration.services.policy.conftest import Town

WHERE = "/policies/sandbox"


@pytest.fixture
def filled(town: Town) -> Town:
    """H1 with a stay of 6234.50, H2 with one of 5500.00."""
    people = [{"id_number": OTHER, "name": "示例乙", "relation": "户主", "joined_on": "2010-01-01"}]
    town.desk.take(common("clock", "c-1", date="2021-12-01", reported_at=REPORTED))
    town.desk.take(household(), household("H2", "r-2", people), bill())
    town.desk.take(bill("m-2", "5500.00", subject={"id_number": OTHER}))
    return town


def send(town: Town, content: str, username: str = "county-530925", **form: str) -> Any:
    return town.hub.client.post(
        WHERE,
        data=form,
        files={"pack": ("p.yaml", content.encode())},
        headers={**town.hub.officer(username), "Accept": "text/html"},
    )


def test_a_county_officer_sees_which_households(filled: Town) -> None:
    answer = send(filled, pack_text(5000, valid_from="2021-09-28"))
    assert answer.status_code == 200, answer.text
    assert "<td>H2</td>" in answer.text
    assert "<td>H1</td>" not in answer.text
    assert "新增" in answer.text
    assert OTHER not in answer.text
    assert filled.hub.producer.records == []


def test_an_analyst_sees_villages_and_no_household(filled: Town) -> None:
    answer = send(filled, pack_text(7000, valid_from="2021-09-28"), "analyst-530925")
    assert "消失" in answer.text
    assert "530925101201" in answer.text
    assert "H1" not in answer.text


@pytest.mark.parametrize(("username", "title"), [("county-530925", "户与风险"), ("analyst-530925", "按村")])
def test_the_workbook_is_for_the_same_eyes(filled: Town, username: str, title: str) -> None:
    answer = send(filled, pack_text(5000, valid_from="2021-09-28"), username, **{"as": "xlsx"})
    assert answer.status_code == 200, answer.text
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["概要", title, "工作量"]
    cells = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    assert ("H2" in cells) == (title == "户与风险")
    assert PERSON not in cells


@pytest.mark.parametrize(
    ("content", "username", "status", "said"),
    [
        ("a: [", "county-530925", 422, "草案不能使用"),
        (pack_text(), "county-410922", 404, "没有这个对象"),
    ],
)
def test_what_cannot_be_tried_is_said(filled: Town, content: str, username: str, status: int, said: str) -> None:
    answer = send(filled, content, username)
    assert answer.status_code == status
    assert said in answer.text


@pytest.mark.parametrize("username", ["village-530925-1", "township-530925", "auditor-530925"])
def test_others_may_not(filled: Town, username: str) -> None:
    assert send(filled, pack_text(), username).status_code == 403
    assert filled.get(username, WHERE).status_code == 403
