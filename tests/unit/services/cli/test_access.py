"""Whose rights a publication takes."""

import json
from typing import Any

import httpx
import pytest

from services.cli import access
from services.cli.sending import CannotSend

ACCESS: dict[str, Any] = {
    "url": "http://hub",
    "tokens": [
        {"county": "530925", "department": "statistics", "token": "statistics"},
        {"county": "530925", "department": "rural-revitalisation", "token": "rural"},
        {"role": "operator", "token": "operator"},
    ],
    "officers": [
        {"username": "v1", "password": "1", "role": "village", "area": "530925101201"},
        {"username": "v2", "password": "2", "role": "village", "area": "530925101202"},
        {"username": "t1", "password": "3", "role": "township", "area": "530925101"},
        {"username": "t9", "password": "4", "role": "township", "area": "410922100"},
        {"username": "away", "password": "5", "role": "village", "area": "530925101203"},
    ],
}


@pytest.fixture(autouse=True)
def sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    def front(request: httpx.Request) -> httpx.Response:
        name = json.loads(request.content)["username"]
        return httpx.Response(401 if name == "away" else 201, json={"token": f"session of {name}"})

    client = httpx.Client(transport=httpx.MockTransport(front))
    monkeypatch.setattr(access.httpx, "post", lambda url, json, **other: client.post(url, json=json))  # no socket


@pytest.mark.parametrize(
    ("feed", "county", "department", "officer", "token"),
    [
        ("clock", None, None, None, "operator"),
        ("suspected-household", "530925", None, None, "rural"),
        ("spending", "530925", None, None, "session of t1"),
        ("spending", "410922", None, None, "session of t9"),
        ("income", "530925", None, None, "session of t1"),
        ("income", "530925", "statistics", None, "statistics"),
        ("self-report", "530925", None, None, "session of v1"),
        ("self-report", "530925", None, "v2", "session of v2"),
    ],
)
def test_who_sends(feed: str, county: str | None, department: str | None, officer: str | None, token: str) -> None:
    assert access.token_for(ACCESS, feed, county, department, officer) == token


@pytest.mark.parametrize(
    ("feed", "county", "department", "officer"),
    [
        ("medical-expense", "530925", None, None),
        ("spending", "440229", None, None),
        ("income", "410922", "statistics", None),
        ("income", "530925", None, "nobody"),
        ("house-defect", "530925", None, "away"),
    ],
)
def test_nobody_may(feed: str, county: str, department: str | None, officer: str | None) -> None:
    with pytest.raises(CannotSend) as caught:
        access.token_for(ACCESS, feed, county, department, officer)
    assert str(caught.value).endswith("。")
