"""`fangpin calendar` beside a hub: by the packs that are in force there."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fangpin import database
from fangpin.active_policies import ActiveBooks
from fangpin.policies import load_book
from services.cli.calendar import app
from tests.desk import Desk
from tests.integration.correlator.test_activation import tick
from tests.packs import OWN, approval, pack_text, proposal

NEXT = "shuangjiang-2022"


def packs_of(month: str, data: Path) -> tuple[set[str], str]:
    done = CliRunner().invoke(app, ["530925", "--month", month, "--data", str(data), "--json"])
    assert done.exit_code == 0, done.output
    return {one["pack"] for one in json.loads(done.stdout)["duties"]}, done.stderr


@pytest.fixture
def data(fresh_database: str, tmp_path: Path) -> Path:
    (tmp_path / "credentials.json").write_text(json.dumps({"database": fresh_database}))
    return tmp_path


def test_a_pack_that_came_into_force_is_the_one_that_counts_from_its_day(fresh_database: str, data: Path) -> None:
    assert packs_of("2022-01", data) == ({OWN}, "")
    asked = proposal(pack_text())
    with database.connect(fresh_database) as conn:
        Desk(conn).take(tick("2021-12-01"), asked, approval(asked), tick("2022-01-01"))
    assert packs_of("2021-12", data) == ({OWN}, "")
    assert packs_of("2022-01", data) == ({NEXT}, "")
    assert packs_of("2022-01", data / "no-hub") == ({OWN}, "")


def test_a_pack_that_another_took_every_day_of_owes_nothing_any_more(fresh_database: str, data: Path) -> None:
    asked = proposal(pack_text(valid_from="2021-09-28"), "2021-12-01")
    with database.connect(fresh_database) as conn:
        Desk(conn).take(tick("2021-12-01"), asked, approval(asked))
        book = ActiveBooks(load_book()).at(conn)
    assert packs_of("2021-11", data) == ({NEXT}, "")
    assert {OWN, NEXT} <= set(book.packs)
    assert [pack.id for pack in book.judging() if pack.county_code == "530925"] == [NEXT]


def test_a_hub_that_does_not_answer_is_said(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text(json.dumps({"database": "postgresql://127.0.0.1:1/none"}))
    packs, told = packs_of("2022-01", tmp_path)
    assert packs == {OWN}
    assert "没有应答" in told
