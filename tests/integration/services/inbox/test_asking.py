"""What the API is asked: ranges that hold no day are told, not answered with an empty list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub
    from tests.integration.services.flow import Flow


def test_a_range_that_ends_before_it_begins_is_refused(hub: Hub) -> None:
    headers = hub.officer("village-530925-1")
    query = "since_from=2021-11-02&since_to=2021-11-01"
    answer = hub.client.get(f"/api/v1/warnings?{query}", headers=headers)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "QUERY_INVALID", "since_from")
    assert "since_from（2021-11-02）晚于 since_to（2021-11-01）" in answer.json()["detail"]
    page = hub.client.get(f"/inbox?{query}", headers={**headers, "Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (422, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "query", ["since_from=2021-11-01&since_to=2021-11-01", "since_from=2021-11-02", "since_to=2021-11-01"]
)
def test_a_range_of_a_day_or_without_an_end_is_asked(hub: Hub, flow: Flow, query: str) -> None:
    answer = hub.client.get(f"/api/v1/warnings?{query}", headers=hub.officer("village-530925-1"))
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next": None})
