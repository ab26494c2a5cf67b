"""What the county's pages say of a record without a household: whom it may belong to, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fangpin import database
from fangpin.settings import Settings
from fangpin.vault import Vault, load_or_create_secret
from projections import PROJECTIONS, versions
from projections.handler import ProjectionHandler
from tests.desk import Arrived, Desk
from tests.integration.correlator.test_aliases import alias, loss
from tests.integration.correlator.test_decided import decision
from tests.integration.correlator.test_handler import clock, member
from tests.records import CHILD, OTHER, PERSON, bill, household

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub

NAMED = {"subject": {"id_number": CHILD, "name": "示例甲"}}


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Iterator[Desk]:
    """A correlator over the hub's database, with the hub's secret."""
    with database.connect(hub.database) as conn:
        secret = load_or_create_secret(Settings(data_dir=tmp_path).secret_file)
        found = Desk(conn, vault=Vault(secret))
        found.take(clock("2021-11-02"))
        yield found


def fold(desk: Desk) -> None:
    """What was published until now, into the read model of households."""
    inbox = PROJECTIONS["village_inbox"]
    events = [one for one in desk.broker.published if one.topic == "household.events"]
    handler = ProjectionHandler(inbox, versions.ensure(desk.conn, inbox), live=True)
    handler.process(desk.conn, [Arrived(one.topic, one.value, one.key, one.headers) for one in events])
    desk.conn.commit()


def page(hub: Hub, desk: Desk, record_id: str) -> str:
    fold(desk)
    row = desk.conn.execute("SELECT record_key FROM signal WHERE record_id = %s", (record_id,)).fetchone()
    assert row is not None
    headers = hub.officer("county-530925") | {"Accept": "text/html"}
    answer = hub.client.get(f"/unresolved/{row[0]}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def someone(number: str, **more: Any) -> dict[str, Any]:
    return {**member(number), "name": "示例甲", **more}


def test_namesakes_by_their_dates_of_birth(hub: Hub, desk: Desk) -> None:
    desk.take(
        household("H1", "r-1", [someone(OTHER)], phone="0883-0000001"),
        household("H2", "r-2", [someone(PERSON)], village_code="530925101202"),
        bill(**NAMED),
    )
    shown = page(hub, desk, "m-1")
    assert shown.count("有成员与记录同名，出生日期不同") == 2
    assert "电话 0883-0000001" in shown
    assert "1975-02-02 出生" in shown
    assert CHILD not in shown
    assert "2004-03-03" in shown


def test_a_former_member_and_the_two_households_of_one_person(hub: Hub, desk: Desk) -> None:
    gone = household("H1", "r-1", [someone(OTHER), someone(CHILD, left_on="2021-10-01")])
    desk.take(gone, household("H2", "r-2", [someone(PERSON)]), household("H3", "r-3", [someone(PERSON)]))
    desk.take(bill(**NAMED), bill("m-2"))
    assert "此身份证号2010-01-01 起至 2021-10-01（不含）登记在本户" in page(hub, desk, "m-1")
    shown = page(hub, desk, "m-2")
    assert "可能属于两户" in shown
    assert shown.count("登记在本户") == 2
    assert shown.index("户 H2") < shown.index("户 H3")


def test_an_alias_that_did_not_hold_is_said(hub: Hub, desk: Desk) -> None:
    desk.take(household(), alias(until="2021-10-01", used_by="emergency"), loss())
    assert "户号对照中，此编号是本户的编号（应急管理局，2021-01-01 至 2021-10-01）" in page(hub, desk, "d-1")


def test_a_decision_that_the_register_now_contradicts(hub: Hub, desk: Desk) -> None:
    desk.take(household(), household("H2", "r-2", [member(OTHER)]), bill(**NAMED), decision())
    assert "撤销后这条记录会退回待归户" in page(hub, desk, "m-1")
    desk.take(household("H2", "r-2", [member(OTHER), member(CHILD)], revision=2))
    shown = page(hub, desk, "m-1")
    assert "系统会归入户 H2。县里的决定仍然有效" in shown
    assert "理由：户主之女，户口未迁" in shown
    assert "撤销归户决定" in shown


def test_a_record_that_found_its_household_needs_no_decision(hub: Hub, desk: Desk) -> None:
    desk.take(household(), bill())
    shown = page(hub, desk, "m-1")
    assert "已按登记归入" in shown
    assert "<textarea" not in shown
    row = desk.conn.execute("SELECT record_key FROM signal WHERE record_id = 'm-1'").fetchone()
    assert row is not None
    answer = hub.client.post(
        f"/api/v1/exceptions/unresolved/{row[0]}/link",
        json={"household_no": "H1", "reason": "x"},
        headers=hub.officer("county-530925"),
    )
    assert answer.status_code == 422


def test_the_lists_of_both_kinds(hub: Hub, desk: Desk) -> None:
    desk.take(household(), bill(**NAMED), loss("G-1"), bill("m-2", **NAMED), decision(of_record_id="m-2"))
    headers = hub.officer("county-530925") | {"Accept": "text/html"}
    shown = hub.client.get("/unresolved", headers=headers).text
    assert "记录 m-1" in shown
    assert "记录 d-1" in shown
    assert "记录 m-2" not in shown
    assert "由消息系统直接送达" in shown
    only = hub.client.get("/unresolved?feed=disaster-loss", headers=headers).text
    assert "记录 m-1" not in only
    decided = hub.client.get("/unresolved?show=decided", headers=headers).text
    assert "记录 m-2" in decided
    assert "记录 m-1" not in decided
