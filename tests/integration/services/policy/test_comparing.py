"""One fact under every county's rules: pasted, or a household's own; who may, and what is never shown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from fangpin import database
from fangpin.domain.ids import household_id
from projections import PROJECTIONS, versions
from projections.handler import ProjectionHandler
from tests.household_events import delivered
from tests.packs import REPORTED
from tests.records import PERSON, bill, common, household

if TYPE_CHECKING:
    from tests.integration.services.policy.conftest import Town

WHERE = "/policies/comparison"


def paste(town: Town, record: Any, username: str = "analyst-530925", **form: str) -> Any:
    text = record if isinstance(record, str) else json.dumps(record, ensure_ascii=False)
    return town.hub.client.post(
        WHERE, data={"record": text, **form}, headers={**town.hub.officer(username), "Accept": "text/html"}
    )


def met(text: str) -> dict[str, bool]:
    """County → whether a rule is met, by pack in the order of the page."""
    return {
        county: tag == "符合" for county, tag in re.findall(r"<h2>(\S+) <span class=\"tag[^>]*>(\S+?)</span>", text)
    }


def test_a_stay_of_7000_meets_one_countys_line_for_all_and_the_others_for_its_class(town: Town) -> None:
    poor, ordinary = (paste(town, bill("m-1", "7000.00"), **{"class": one}) for one in ("out-of-poverty", "ordinary"))
    assert poor.status_code == 200, poor.text
    assert {county for county, found in met(poor.text).items() if found} == {"双江自治县", "清丰县"}
    assert {county for county, found in met(ordinary.text).items() if found} == {"双江自治县"}
    assert "7000.00 ≥ 6000.00" in poor.text
    assert "7000.00 &gt; 5500.00" in poor.text
    assert "该日不在这份文件的有效期内" in poor.text  # 翁源 2023
    assert "文件对这类情况没有规定条件" in poor.text  # 翁源 2020, 徐闻


def test_what_was_pasted_is_neither_echoed_in_full_nor_stored(town: Town) -> None:
    text = paste(town, bill("m-1", "7000.00", diagnosis="胃溃疡")).text
    shown = text.split("<textarea")[0]
    assert PERSON not in shown
    assert "胃溃疡" not in shown
    assert town.hub.producer.records == []


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("{", "不能读取"),
        ("[]", "一个对象"),
        ({"record_id": "x"}, "记录里要有 feed"),
        ({**bill(), "feed": "clock"}, "记录里要有 feed"),
        ({**bill(), "self_paid": "1,000"}, "自付费用"),
        ({**bill(), "status": "withdrawn"}, "撤回"),
    ],
)
def test_what_is_no_record_is_said_beside_the_form(town: Town, record: Any, said: str) -> None:
    answer = paste(town, record)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("username", ["village-530925-1", "township-530925", "auditor-530925"])
def test_others_may_not(town: Town, username: str) -> None:
    assert paste(town, bill(), username).status_code == 403
    assert town.get(username, WHERE).status_code == 403


def fold(town: Town) -> None:
    with database.connect(town.hub.database) as conn:
        for name in ("village_inbox", "household_history"):
            projection = PROJECTIONS[name]
            version = versions.ensure(conn, projection)
            ProjectionHandler(projection, version, live=True).process(conn, delivered(town.desk.events()))
        conn.commit()


@pytest.mark.parametrize(
    ("first", "last", "meets"),
    [
        ("2021-11-20", None, False),
        ("2021-11-21", None, True),
        ("2020-01-01", "2021-11-20", False),
        ("2020-01-01", "2021-11-19", True),
    ],
)
def test_assistance_is_that_of_the_civil_affairs_bureaus_records(
    town: Town, first: str, last: str | None, meets: bool
) -> None:
    town.desk.take(common("clock", "c-1", date="2021-12-01", reported_at=REPORTED))
    aid = common("assistance", "b-1", subject={"id_number": PERSON}, kind="subsistence", reported_at=REPORTED)
    poor = {"period_from": "2020-12", "period_to": "2021-11", "members": 1, "surveyed_on": "2021-11-20"}
    survey = common("income", "i-1", subject={"household_no": "H1"}, wage="5000.00", reported_at=REPORTED, **poor)
    town.desk.take(household(), {**aid, "from": first, "until": last}, survey)
    fold(town)
    own = household_id("530925", "H1")
    listed = town.get("county-530925", f"{WHERE}/{own}").text
    pages = [town.get("county-530925", one).text for one in re.findall(rf'href="({WHERE}/{own}/\d+)"', listed)]
    (text,) = [one for one in pages if "家庭人口" in one]
    assert met(text)["清丰县"] is meets
    assert "按登记和民政部门的记录判断" in text


def test_a_households_own_record_is_compared_by_its_own_register(town: Town) -> None:
    town.desk.take(common("clock", "c-1", date="2021-12-01", reported_at=REPORTED))
    town.desk.take(household(**{"class": "ordinary"}), bill("m-1", "7000.00"))
    fold(town)
    own = household_id("530925", "H1")
    listed = town.get("county-530925", f"{WHERE}/{own}").text
    (address,) = re.findall(rf'href="({WHERE}/{own}/\d+)"', listed)
    text = town.get("county-530925", address).text
    assert {county for county, found in met(text).items() if found} == {"双江自治县"}
    assert PERSON not in text
    assert "各县规则比较" in town.get("county-530925", f"/households/{own}").text
    for stranger, status in (("county-410922", 404), ("analyst-530925", 403)):
        assert town.get(stranger, address).status_code == status
        assert town.get(stranger, f"{WHERE}/{own}").status_code == status
    for unknown in (f"{WHERE}/{uuid4()}", f"{WHERE}/{own}/99", f"{WHERE}/{own}/1"):
        assert town.get("county-530925", unknown).status_code == 404
