"""`fangpin officers`: accounts of an operator's own making."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg_pool import ConnectionPool
from typer.testing import CliRunner, Result

from fangpin import database
from services.access.door import Door
from services.cli.officers import app

VILLAGE = "530925101203"
Run = Callable[..., Result]


@pytest.fixture
def run(fresh_database: str, tmp_path: Path) -> Run:
    officers = [{"username": "village-530925-1", "password": "p", "role": "village", "area": VILLAGE}]
    (tmp_path / "credentials.json").write_text(json.dumps({"database": fresh_database, "officers": officers}))
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "--data", str(tmp_path)])


def _signs_in(url: str, username: str, password: str) -> bool:
    with ConnectionPool(url, min_size=1, open=True) as pool:
        return Door(pool).login(username, password) is not None


def test_an_officer_is_added_gets_a_new_password_and_goes(run: Run, fresh_database: str) -> None:
    added = run("add", "wang", "--role", "village", "--area", VILLAGE)
    assert added.exit_code == 0, added.output
    first = added.output.rsplit("：", 1)[1].strip()
    assert _signs_in(fresh_database, "wang", first)
    (listed,) = json.loads(run("list", "--json").output)
    assert (listed["username"], listed["role"], listed["area"]) == ("wang", "village", VILLAGE)
    assert "wang" not in run("list", "--area", "410922").output
    second = run("password", "wang").output.rsplit("：", 1)[1].strip()
    with database.connect(fresh_database) as conn:
        assert conn.execute("SELECT count(*) FROM session").fetchone() == (0,)
    assert not _signs_in(fresh_database, "wang", first)
    assert _signs_in(fresh_database, "wang", second)
    assert run("remove", "wang").exit_code == 0
    assert not _signs_in(fresh_database, "wang", second)
    with database.connect(fresh_database) as conn:
        done = conn.execute("SELECT action FROM audit WHERE object = 'wang' ORDER BY at").fetchall()
        kept = conn.execute("SELECT count(*) FROM officer, session").fetchone()
    assert [row[0] for row in done] == ["officer-added", "officer-password", "officer-removed"]
    assert kept == (0,)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "wang", "--role", "village", "--area", "530925"), "应为12位代码"),
        (("add", "wang", "--role", "village", "--area", "530925999999"), "名录"),
        (("add", "wang", "--role", "mayor", "--area", "530925"), "没有“mayor”这种角色"),
        (("add", " ", "--role", "county", "--area", "530925"), "不能用"),
        (("password", "nobody"), "没有账号 nobody"),
        (("remove", "nobody"), "没有账号 nobody"),
        (("remove", "village-530925-1"), "credentials.json"),
    ],
)
def test_what_cannot_be_is_said_in_chinese(run: Run, arguments: tuple[str, ...], said: str) -> None:
    found = run(*arguments)
    assert found.exit_code == 2
    assert said in found.output


def test_two_officers_cannot_have_one_name(run: Run) -> None:
    assert run("add", "wang", "--role", "county", "--area", "530925").exit_code == 0
    again = run("add", "wang", "--role", "county", "--area", "410922")
    assert (again.exit_code, "已经有了" in again.output) == (2, True)


def test_without_a_hub_it_says_so(tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["list", "--data", str(tmp_path)])
    assert (found.exit_code, "这里没有中枢" in found.output) == (2, True)
