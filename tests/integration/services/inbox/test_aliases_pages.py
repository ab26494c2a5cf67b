"""The county's table of other household numbers: entered with a reason, taken back with one, seen by nobody else."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fangpin import database
from fangpin.settings import Settings
from fangpin.vault import Vault, load_or_create_secret
from tests.desk import Arrived, Desk
from tests.integration.correlator.test_aliases import loss
from tests.integration.correlator.test_handler import clock
from tests.integration.services.conftest import Hub
from tests.records import PERSON, household

FORM = {
    "kind": "police",
    "other_no": "G-9",
    "household_no": "H1",
    "used_by": "",
    "from": "2021-01-01",
    "until": "",
    "reason": "与户口簿核对",
}


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Iterator[Desk]:
    """A household, and a record that names it by the police's number."""
    with database.connect(hub.database) as conn:
        secret = load_or_create_secret(Settings(data_dir=tmp_path).secret_file)
        found = Desk(conn, vault=Vault(secret))
        found.take(clock("2021-11-02"), household(), loss())
        yield found


def deliver(hub: Hub, desk: Desk) -> None:
    for one in hub.producer.of("feed.household-alias"):
        desk.take(Arrived(one.topic, one.value, one.key, one.headers))
    hub.producer.records.clear()


def page(hub: Hub, address: str = "/aliases", who: str = "county-530925") -> str:
    answer = hub.client.get(address, headers={**hub.officer(who), "Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def post(hub: Hub, address: str, form: dict[str, str], who: str = "county-530925") -> Any:
    headers = {**hub.officer(who), "Accept": "text/html"}
    return hub.client.post(address, data=form, headers=headers, follow_redirects=False)


def key(hub: Hub) -> str:
    found = re.search(r'action="(/aliases/[^"]+/withdraw)"', page(hub))
    assert found is not None
    return found.group(1)


def test_entered_it_matches_taken_back_it_does_not_and_entered_again(hub: Hub, desk: Desk) -> None:
    answer = post(hub, "/aliases", FORM)
    assert answer.status_code == 303, answer.text
    after = answer.headers["location"]
    assert "正在生效" in page(hub, after)
    deliver(hub, desk)
    assert desk.warnings() == {("H1", "disaster", 1): ("open", ["d-1"])}
    shown = page(hub, after)
    assert "预警已重新判断" in shown
    assert "公安户号 G-9" in shown
    assert "据此归户 1 条" in shown
    assert "county-530925登记。理由：与户口簿核对" in shown
    again = post(hub, "/aliases", {**FORM, "until": "2021-12-31"})
    assert again.status_code == 422
    assert "已经在表中" in again.text
    withdraw = key(hub)
    refused = post(hub, withdraw, {"reason": " "})
    assert refused.status_code == 422
    assert "请写明理由" in refused.text
    assert post(hub, withdraw, {"reason": "号码抄错了"}).status_code == 303
    deliver(hub, desk)
    assert desk.warnings() == {("H1", "disaster", 1): ("withdrawn", [])}
    assert [event["reason"] for event in desk.events("WarningWithdrawn")] == ["alias"]
    assert "G-9" not in page(hub)
    gone = page(hub, "/aliases?show=withdrawn")
    assert "公安户号 G-9" in gone
    assert "county-530925撤回。理由：号码抄错了" in gone
    assert post(hub, withdraw, {"reason": "再撤一次"}).status_code == 422
    assert post(hub, "/aliases", FORM).status_code == 303
    deliver(hub, desk)
    assert desk.warnings() == {("H1", "disaster", 1): ("open", ["d-1"])}
    rows = desk.conn.execute("SELECT action FROM audit WHERE actor = 'county-530925' ORDER BY position").fetchall()
    assert [one for (one,) in rows if one != "login"] == ["alias-added", "alias-withdrawn", "alias-added"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"reason": ""}, "请写明理由"),
        ({"household_no": "H9"}, "本县登记中没有这个户编号"),
        ({"other_no": ""}, "请填写部门使用的编号"),
        ({"other_no": "H1"}, "两个编号相同"),
        ({"other_no": PERSON}, "不能是身份证号"),
        ({"from": ""}, "请填写开始日期"),
        ({"until": "2020-01-01"}, ""),
        ({"kind": "passport"}, ""),
        ({"used_by": "nobody"}, ""),
    ],
)
def test_what_cannot_be_meant_is_told_and_what_was_typed_stays(hub: Hub, desk: Desk, more: Any, told: str) -> None:
    answer = post(hub, "/aliases", {**FORM, **more})
    assert answer.status_code == 422
    assert told in answer.text
    assert 'role="alert"' in answer.text
    assert ('value="G-9"' in answer.text) is ("other_no" not in more)
    assert hub.producer.of("feed.household-alias") == []


def test_nobody_else_sees_or_changes_it(hub: Hub, desk: Desk) -> None:
    post(hub, "/aliases", FORM)
    deliver(hub, desk)
    withdraw = key(hub)
    for who in ("village-530925-1", "township-530925", "analyst-530925", "auditor-530925"):
        headers = {**hub.officer(who), "Accept": "text/html"}
        for address in ("/aliases", "/aliases/export.csv"):
            assert hub.client.get(address, headers=headers).status_code == 403
        assert post(hub, "/aliases", FORM, who).status_code == 403
        assert post(hub, withdraw, {"reason": "x"}, who).status_code == 403
    assert "G-9" not in page(hub, who="county-410922")
    assert post(hub, withdraw, {"reason": "x"}, "county-410922").status_code == 404
    assert hub.client.get("/aliases", headers=hub.token("rural-revitalisation")).status_code == 403
    token = hub.officer("county-530925")["Authorization"].removeprefix("Bearer ")
    foreign = {"Cookie": f"fangpin_session={token}", "Origin": "https://evil.example"}
    assert hub.client.post("/aliases", data=FORM, headers=foreign).status_code == 403
    assert hub.client.post(withdraw, data={"reason": "x"}, headers=foreign).status_code == 403
    assert hub.producer.of("feed.household-alias") == []


def test_found_by_either_number_and_taken_along_as_a_file(hub: Hub, desk: Desk) -> None:
    for number in ("G-9", "=G-10"):
        assert post(hub, "/aliases", {**FORM, "other_no": number, "used_by": "public-security"}).status_code == 303
    deliver(hub, desk)
    assert "G-10" not in page(hub, "/aliases?number=G-9")
    assert page(hub, "/aliases?number=H1").count("公安局使用") == 2
    assert "没有这样的对照" in page(hub, "/aliases?number=X")
    answer = hub.client.get("/aliases/export.csv", headers=hub.officer("county-530925"))
    assert answer.headers["content-disposition"] == 'attachment; filename="aliases-530925.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["对应编号"] for row in rows] == ["'=G-10", "G-9"]
    assert {row["户编号"] for row in rows} == {"H1"}
    assert {(row["使用部门"], row["理由"], row["决定人"], row["状态"]) for row in rows} == {
        ("公安局", "与户口簿核对", "county-530925", "有效")
    }
    audited = desk.conn.execute("SELECT count(*) FROM audit WHERE action = 'export'").fetchone()
    assert audited == (1,)
    for address in ("/aliases?show=x", "/aliases?colour=red", "/aliases?number=%00"):
        assert hub.client.get(address, headers=hub.officer("county-530925")).status_code == 422
