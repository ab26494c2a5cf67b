"""Accounts, sessions, the edge, health, the registry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fangpin import database
from services.access.seed import seed_accounts
from tests.integration.services.conftest import COUNTIES

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub


def test_credentials_survive_restarts_and_only_hashes_are_stored(fresh_database: str, tmp_path: Path) -> None:
    with database.connect(fresh_database) as conn:
        first = seed_accounts(conn, COUNTIES, tmp_path, url="a", kafka="k", database="d")
        second = seed_accounts(conn, COUNTIES, tmp_path, url="b", kafka="k", database="d")
        stored = repr(conn.execute("SELECT * FROM token").fetchall()) + repr(
            conn.execute("SELECT * FROM officer").fetchall()
        )
    assert first["tokens"] == second["tokens"]
    assert first["officers"] == second["officers"]
    path = tmp_path / "credentials.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == second
    assert second["url"] == "b"
    assert not any(one["token"] in stored for one in first["tokens"])
    assert not any(one["password"] in stored for one in first["officers"])
    mine = [one for one in first["officers"] if one["username"].endswith(("530925", "530925-1", "530925-2"))]
    assert sorted(one["role"] for one in mine) == ["analyst", "auditor", "county", "township", "village", "village"]


def test_lost_credentials_make_new_ones(fresh_database: str, tmp_path: Path) -> None:
    with database.connect(fresh_database) as conn:
        first = seed_accounts(conn, COUNTIES, tmp_path, url="a", kafka="k", database="d")
        (tmp_path / "credentials.json").unlink()
        second = seed_accounts(conn, COUNTIES, tmp_path, url="a", kafka="k", database="d")
        (count,) = conn.execute("SELECT count(*) FROM token").fetchone()
    assert count == len(second["tokens"])
    assert {one["token"] for one in first["tokens"]}.isdisjoint(one["token"] for one in second["tokens"])


@pytest.mark.parametrize(
    "authorization", [None, "Bearer ", "Bearer wrong", "Basic eDp5", "Bearer eyJhbGciOiJub25lIn0.eyJyb2xlIjoib3AifQ."]
)
def test_A10_no_or_forged_token(hub: Hub, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    for path in ("/api/v1/receipts/x", "/api/v1/warnings"):
        answer = hub.client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")
        assert answer.headers["content-type"].startswith("application/problem+json")
    send = hub.client.post("/api/v1/feeds/clock/records", json={"records": []}, headers=headers)
    assert send.status_code == 401


def test_A10_expired_session(hub: Hub) -> None:
    headers = hub.officer("county-530925")
    assert hub.client.get("/api/v1/receipts/x", headers=headers).status_code == 404
    with database.connect(hub.database) as conn:
        conn.execute("UPDATE session SET expires_at = now() - interval '1 second'")
    assert hub.client.get("/api/v1/receipts/x", headers=headers).status_code == 401


def test_login_answers_the_same_for_unknown_names_and_is_limited(hub: Hub) -> None:
    for username in ("county-530925", "nobody", "a\x00b", "\ud800"):
        body = json.dumps({"username": username, "password": "wrong"}).encode()
        codes = [
            hub.client.post("/api/v1/session", content=body, headers={"Content-Type": "application/json"}).status_code
            for _ in range(6)
        ]
        assert codes == [401] * 5 + [429]


def test_login_refuses_unknown_fields(hub: Hub) -> None:
    answer = hub.client.post("/api/v1/session", json={"username": "a", "password": "b", "role": "county"})
    assert (answer.status_code, answer.json()["code"]) == (422, "UNKNOWN_FIELD")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/receipts/11010519491231002X",
        "/api/v1/warnings?household_no=11010519491231002X",
        "/nowhere/%31%31010519491231002X",
        "/api/v1/warnings?q=%EF%BC%91%EF%BC%91010519491231002x",
        "/a?b=%2531%2531010519491231002X",
    ],
)
def test_A16_identity_number_in_an_address(hub: Hub, path: str, capfd: pytest.CaptureFixture[str]) -> None:
    answer = hub.client.get(path, headers=hub.token("housing"))
    assert (answer.status_code, answer.json()["code"]) == (400, "PI_IN_URL")
    assert "1010519491231002" not in capfd.readouterr().err + answer.text


def test_security_headers_are_on_every_answer(hub: Hub) -> None:
    for path in ("/nowhere", "/openapi.json", "/api/v1/receipts/x"):
        answer = hub.client.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_unknown_address_and_method_are_problems(hub: Hub) -> None:
    assert hub.client.get("/nowhere").json()["code"] == "NOT_FOUND"
    assert hub.client.delete("/api/v1/session").json()["code"] == "METHOD_NOT_ALLOWED"


def test_pages_send_strangers_to_login(hub: Hub) -> None:
    answer = hub.client.get("/api/v1/receipts/x", headers={"Accept": "text/html"}, follow_redirects=False)
    assert answer.status_code == 401
    page = hub.client.get("/", headers={"Accept": "text/html"}, follow_redirects=False)
    assert page.status_code in (302, 303, 307)
    assert page.headers["location"].startswith("/login")


def test_cookie_from_another_site_changes_nothing(hub: Hub) -> None:
    token = hub.officer("village-530925-1")["Authorization"].removeprefix("Bearer ")
    cookie = {"Cookie": f"fangpin_session={token}"}
    evil = hub.client.post(
        "/api/v1/feeds/finding/records", json={"records": []}, headers=cookie | {"Origin": "https://evil.example"}
    )
    assert (evil.status_code, evil.json()["code"]) == (403, "CROSS_SITE")
    own = hub.client.post(
        "/api/v1/feeds/finding/records", json={"records": []}, headers=cookie | {"Origin": "http://testserver.local"}
    )
    assert own.json()["code"] == "ALL_REJECTED"


@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_nobody_is_signed_in_or_out_by_another_site(hub: Hub, path: str) -> None:
    for foreign in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        answer = hub.client.post(path, content=b"username=a&password=b", headers=foreign)
        assert (answer.status_code, answer.headers.get("set-cookie")) == (403, None), foreign


def test_metrics_and_openapi_are_open(hub: Hub) -> None:
    assert "fangpin_intake_records" in hub.client.get("/metrics").text
    assert "/api/v1/feeds/{feed}/records" in hub.client.get("/openapi.json").json()["paths"]


def test_the_api_is_described_and_no_page_of_it_loads_from_elsewhere(hub: Hub) -> None:
    paths = hub.client.get("/openapi.json").json()["paths"]
    assert "/api/v1/statistics/warnings" in paths
    receipt = paths["/api/v1/receipts/{receipt_id}"]["get"]
    assert "`outcomes` and `rejected` are paged together" in receipt["description"]
    for of in (paths["/api/v1/households"]["get"], paths["/api/v1/households/search"]["post"]):
        assert "`cursor`: the last answer's `next`" in of["description"]
    assert not [path for path in paths if path.startswith(("/inbox", "/static", "/login", "/live"))]
    headers = hub.officer("county-530925")
    for path in ("/schema", "/schema/swagger", "/schema/redoc", "/schema/elements", "/schema/rapidoc", "/docs"):
        answer = hub.client.get(path, headers=headers)
        assert answer.status_code == 404 or "json" in answer.headers["content-type"], path
        assert "//cdn." not in answer.text


def test_A19_database_away(hub: Hub) -> None:
    with database.connect(hub.database, autocommit=True) as conn:
        conn.execute("ALTER TABLE session RENAME TO session_gone")
        broken = hub.client.get("/api/v1/receipts/x", headers={"Authorization": "Bearer x"})
        assert (broken.status_code, broken.json()["code"]) == (500, "INTERNAL")
        assert "session" not in broken.text
