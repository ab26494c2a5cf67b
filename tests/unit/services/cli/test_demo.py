"""The demo: what it sends is sent by who may send it, and nothing of it would be refused."""

import json
from collections import Counter
from datetime import date
from typing import Any

import httpx
import pytest

from fangpin.domain.feeds import DEPARTMENTS, FEEDS
from fangpin.domain.records import parse_record
from services.cli import demo
from tests.records import NOW

COUNTIES = {"440229": "440229100201", "440825": "440825001201", "530925": "530925101201", "410922": "410922100201"}
TODAY = date(2021, 11, 30)


class Front:
    """Stands for the hub: knows accounts, judges records, keeps what came."""

    def __init__(self) -> None:
        self.sent: Counter[tuple[str, str, str]] = Counter()
        self.away = 1

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            self.away -= 1
            return httpx.Response(503)
        county, sender = request.headers["authorization"].removeprefix("Bearer ").split("/")
        slug = request.url.path.split("/")[4]
        assert sender in FEEDS[slug].departments
        for line in request.content.splitlines():
            record = parse_record(FEEDS[slug], json.loads(line), now=NOW)
            assert record.county_code == county
            self.sent[county, sender, slug] += 1
        return httpx.Response(202, json={})


def credentials() -> dict[str, Any]:
    offices = [slug for slug in DEPARTMENTS if slug not in ("hub", "county", "township", "village")]
    tokens = [
        {"county": county, "department": slug, "token": f"{county}/{slug}"} for county in COUNTIES for slug in offices
    ]
    officers = [
        {"username": f"{county}/{role}", "password": "x", "role": role, "area": village[:length]}
        for county, village in COUNTIES.items()
        for role, length in (("village", 12), ("township", 9), ("county", 6))
    ]
    return {"url": "http://hub", "tokens": [*tokens, {"role": "operator", "token": "o"}], "officers": officers}


def test_the_demo_plays_every_county_that_has_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    front, told = Front(), []
    monkeypatch.setattr(demo.httpx, "Client", lambda **given: _client(front, **given))
    monkeypatch.setattr(demo, "sign_in", lambda url, officer: officer["username"])
    monkeypatch.setattr(demo, "RETRY_S", (0,))
    assert demo.play(credentials(), TODAY, lambda what, done, of: told.append((done, of)), lambda: False)
    for county in COUNTIES:
        assert front.sent[county, "rural-revitalisation", "household-register"] == demo.HOUSEHOLDS
        assert sum(count for (own, _, _), count in front.sent.items() if own == county) > 0.95 * demo.RECORDS
        assert sum(count for (own, _, slug), count in front.sent.items() if (own, slug) == (county, "income")) > 10
    played = {slug for _, _, slug in front.sent}
    assert played == {slug for slug, feed in FEEDS.items() if feed.role in ("fact", "county", "register")}
    assert {"village", "township"} <= {sender for _, sender, _ in front.sent}
    assert told[-1][0] == told[-1][1]


def test_the_demo_stops_when_it_is_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.httpx, "Client", lambda **given: _client(Front(), **given))
    assert not demo.play(credentials(), TODAY, lambda what, done, of: None, lambda: True)


_Client = httpx.Client


def _client(front: Front, **given: Any) -> httpx.Client:
    return _Client(transport=httpx.MockTransport(front), base_url=given["base_url"])
