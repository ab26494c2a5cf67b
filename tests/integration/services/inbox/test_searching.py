"""Search: in the body only, within the area, audited without what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fangpin import database
from tests.household_events import OTHER_VILLAGE, Event, Household
from tests.records import PERSON

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub
    from tests.integration.services.inbox.conftest import Fold


def test_by_number_within_the_area_and_audited(hub: Hub, fold: Fold) -> None:
    log: list[Event] = []
    Household(1, log).register()
    Household(2, log, OTHER_VILLAGE).register()
    fold(log)
    headers = {**hub.officer("village-530925-1"), "Accept": "text/html"}
    found = {
        number: hub.client.post("/search", data={"household_no": number}, headers=headers) for number in ("H1", "H2")
    }
    assert "户 H1" in found["H1"].text
    assert "本辖区没有找到" in found["H2"].text
    hub.client.post("/search", data={"name": "示例甲", "id_number": PERSON}, headers=headers)
    with database.connect(hub.database) as conn:
        rows = conn.execute(
            "SELECT actor, action, object FROM audit WHERE action = 'search' ORDER BY object"
        ).fetchall()
    assert [row[2] for row in rows] == ["household_no", "household_no", "name id_number"]
    assert {row[0] for row in rows} == {"village-530925-1"}


def test_nothing_and_nonsense_are_said_on_the_page(hub: Hub, fold: Fold) -> None:
    log: list[Event] = []
    Household(1, log).register()
    fold(log)
    headers = {**hub.officer("village-530925-1"), "Accept": "text/html"}
    for form, said in (({"name": " "}, "请填写"), ({"id_number": "12345"}, "身份证号"), ({"name": "a" * 300}, "太长")):
        answer = hub.client.post("/search", data=form, headers=headers)
        assert answer.status_code == 422
        assert said in answer.text
