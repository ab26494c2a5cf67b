"""A warning whose rule its pack no longer has: shown with what is stored, and that the rule is gone is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.household_events import Event, Household

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub
    from tests.integration.services.inbox.conftest import Fold

GONE = "规则 illness-1 已不在政策包 qingfeng-2021 中"


@pytest.fixture
def warned(hub: Hub, fold: Fold) -> Household:
    """Its evidence names a rule that is not in the pack."""
    log: list[Event] = []
    household = Household(1, log)
    household.register()
    household.warn("WarningRaised")
    fold(log)
    return household


def test_the_api_answers_with_what_is_stored(hub: Hub, warned: Household) -> None:
    officer = hub.officer("county-530925")
    for address in ("/api/v1/warnings", f"/api/v1/warnings/{warned.warning()}"):
        answer = hub.client.get(address, headers=officer)
        assert answer.status_code == 200, answer.text
        item = answer.json().get("items", [answer.json()])[0]
        (rule,) = item["rules"]
        assert (rule["id"], rule["clause"], rule["quote"]) == ("illness-1", None, None)
        assert rule["document"] == "清脱贫组〔2021〕12号"
        assert GONE in rule["note"]
        assert (item["pack"], item["evidence"]) == ("qingfeng-2021", ["m-1"])


@pytest.mark.parametrize("address", ["/warnings/{warning}", "/households/{household}"])
def test_the_pages_say_that_the_rule_is_gone(hub: Hub, warned: Household, address: str) -> None:
    where = address.format(warning=warned.warning(), household=warned.id)
    answer = hub.client.get(where, headers={**hub.officer("county-530925"), "Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    assert GONE in answer.text
    assert "“None”" not in answer.text
