"""`fangpin tokens`: tokens of an operator's own making."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fangpin import database
from services.access.secrets_kept import token_hash
from services.access.seed import seed_accounts
from services.cli.tokens import app

Run = Callable[..., Result]
COUNTY = "530925"


@pytest.fixture
def start(fresh_database: str, tmp_path: Path) -> Callable[[], None]:
    """What `up` does at each start."""

    def seed() -> None:
        with database.connect(fresh_database) as conn:
            seed_accounts(conn, {COUNTY: []}, tmp_path, url="u", kafka="k", database=fresh_database)

    seed()
    return seed


@pytest.fixture
def run(start: Callable[[], None], tmp_path: Path) -> Run:
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "--data", str(tmp_path)])


def add(run: Run, name: str) -> Result:
    return run("add", name, "--department", "medical-insurance", "--county", COUNTY)


def test_a_token_is_added_outlives_a_restart_and_is_revoked(
    run: Run, start: Callable[[], None], fresh_database: str
) -> None:
    added = add(run, "his-2")
    assert added.exit_code == 0, added.output
    secret = added.output.rsplit("：", 1)[1].strip()
    start()
    with database.connect(fresh_database) as conn:
        kept = conn.execute("SELECT role, county, department, token_hash FROM token WHERE name = 'his-2'").fetchone()
    assert kept == ("department", COUNTY, "medical-insurance", token_hash(secret))
    listed = [one for one in json.loads(run("list", "--county", COUNTY, "--json").output) if one["own"]]
    assert [(one["name"], one["department"], one["county"]) for one in listed] == [
        ("his-2", "medical-insurance", COUNTY)
    ]
    assert secret not in run("list").output
    assert run("revoke", "his-2").exit_code == 0
    assert "his-2" not in run("list").output
    with database.connect(fresh_database) as conn:
        done = conn.execute("SELECT action FROM audit WHERE object = 'his-2' ORDER BY at").fetchall()
    assert done == [("token-added",), ("token-revoked",)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "his", "--department", "hospital", "--county", COUNTY), "没有“hospital”这个部门"),
        (("add", "his", "--department", "village", "--county", COUNTY), "没有“village”这个部门"),
        (("add", "his", "--department", "housing", "--county", "999999"), "名录"),
        (("add", "housing", "--department", "housing", "--county", COUNTY), "请另取名字"),
        (("add", " ", "--department", "housing", "--county", COUNTY), "不能用"),
        (("revoke", "his"), "没有令牌 his"),
        (("revoke", "housing"), "credentials.json"),
    ],
)
def test_what_cannot_be_is_said_in_chinese(run: Run, arguments: tuple[str, ...], said: str) -> None:
    found = run(*arguments)
    assert found.exit_code == 2
    assert said in found.output


def test_two_tokens_cannot_have_one_name(run: Run) -> None:
    assert add(run, "his-2").exit_code == 0
    again = add(run, "his-2")
    assert (again.exit_code, "已经有了" in again.output) == (2, True)


def test_a_token_of_the_file_that_is_no_longer_there_is_void(
    run: Run, start: Callable[[], None], tmp_path: Path, fresh_database: str
) -> None:
    path = tmp_path / "credentials.json"
    body = json.loads(path.read_text())
    gone = body["tokens"].pop(0)
    path.write_text(json.dumps(body))
    start()
    with database.connect(fresh_database) as conn:
        found = conn.execute("SELECT 1 FROM token WHERE token_hash = %s", (token_hash(gone["token"]),)).fetchone()
    assert found is None
