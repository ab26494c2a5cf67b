"""`fangpin policy sandbox` over a history that the correlator stored: who appears, who disappears, and nothing changes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from fangpin import database
from fangpin.policies import DIRECTORY
from services.cli.policy import app
from tests.desk import Desk
from tests.records import CHILD, OTHER, PERSON, bill, common, household

RUNNER = CliRunner()
TABLES = (
    "signal", "register_state", "membership", "risk_state", "warning", "outgoing", "household", "county", "vault_salt",
)  # fmt: skip
H1, H2 = "H1", "=1+1"


@pytest.fixture
def desk(fresh_database: str, tmp_path: Path) -> Iterator[Desk]:
    """H1 with a stay of 6234.50, H2 with one of 5500.00, a third person of no household; the directory of a hub beside."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "master.key").write_bytes(b"k" * 32)
    (tmp_path / "credentials.json").write_text(json.dumps({"database": fresh_database, "kafka": ""}), encoding="utf-8")
    with database.connect(fresh_database) as conn:
        found = Desk(conn)
        people = [{"id_number": OTHER, "name": "示例乙", "relation": "户主", "joined_on": "2010-01-01"}]
        found.take(common("clock", "c-1", date="2021-12-01", reported_at="2021-12-01T08:00:00+08:00"))
        found.take(household(H1), household(H2, "r-2", people), bill())
        found.take(bill("m-2", "5500.00", subject={"id_number": OTHER}))
        found.take(bill("m-3", "9000.00", subject={"id_number": CHILD}))
        found.take(bill("m-4", "9000.00"), bill("m-4", revision=2, status="withdrawn"))
        yield found


def draft(folder: Path, line: int) -> Path:
    """双江's pack with another line for a stay, its quotation changed with it."""
    text = (DIRECTORY / "shuangjiang-2021.yaml").read_text(encoding="utf-8")
    for before, after in (
        ('value: "6000.00", as_written: 6000 元以上（含）', f'value: "{line}.00", as_written: {line} 元以上（含）'),
        ("自付费用超过 6000 元以上（含）", f"自付费用超过 {line} 元以上（含）"),
    ):
        assert before in text
        text = text.replace(before, after)
    path = folder / "draft.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def live(desk: Desk) -> dict[str, list[str]]:
    found = {
        table: sorted(row[0] for row in desk.conn.execute(f"SELECT {table}::text FROM {table}")) for table in TABLES
    }
    desk.conn.commit()
    return found


def run(data: Path, path: Path, *more: str) -> dict[str, Any]:
    done = RUNNER.invoke(app, ["sandbox", str(path), "--data", str(data), "--json", *more])
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_lower_line_makes_households_appear(desk: Desk, tmp_path: Path) -> None:
    before = live(desk)
    answer = run(tmp_path, draft(tmp_path, 5000))
    assert [(one["household_no"], one["risk"], one["change"]) for one in answer["changes"]] == [
        (H2, "illness", "appears")
    ]
    assert answer["workload"] == [{"village_code": "530925101201", "month": "2021-10", "in_force": 1, "draft": 2}]
    assert (answer["on"], answer["records"], answer["households"]) == ("2021-12-01", 2, 2)
    assert answer["records_per_second"] > 0
    assert live(desk) == before


def test_a_higher_line_makes_households_disappear(desk: Desk, tmp_path: Path) -> None:
    before = live(desk)
    answer = run(tmp_path, draft(tmp_path, 7000))
    assert [(one["household_no"], one["risk"], one["change"]) for one in answer["changes"]] == [
        (H1, "illness", "disappears")
    ]
    assert live(desk) == before


def test_the_same_pack_changes_nothing_and_agrees_with_the_live_warnings(desk: Desk, tmp_path: Path) -> None:
    answer = run(tmp_path, DIRECTORY / "shuangjiang-2021.yaml")
    assert (answer["changes"], answer["kept"]) == ([], len(desk.warnings()))


def test_before_a_fact_there_is_nothing_to_compare(desk: Desk, tmp_path: Path) -> None:
    answer = run(tmp_path, draft(tmp_path, 5000), "--on", "2021-10-07")
    assert (answer["changes"], answer["workload"]) == ([], [])


def test_a_shredded_record_is_left_out_and_counted(desk: Desk, tmp_path: Path) -> None:
    desk.conn.execute(
        "DELETE FROM vault_salt WHERE subject = (SELECT seal_subject FROM signal WHERE record_id = 'm-1')"
    )
    desk.conn.commit()
    answer = run(tmp_path, draft(tmp_path, 5000))
    assert (answer["records"], answer["shredded"], answer["kept"]) == (1, 1, 0)


def test_the_table_and_the_workbook_name_households_and_no_persons(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    done = RUNNER.invoke(
        app,
        ["sandbox", str(draft(tmp_path, 5000)), "--data", str(tmp_path), "--xlsx", str(out)],
        env={"COLUMNS": "220"},
    )
    assert done.exit_code == 0, done.output
    assert H2 in done.output
    assert "新增" in done.output
    assert PERSON not in done.output
    assert OTHER not in done.output
    book = CalamineWorkbook.from_path(str(out))
    assert book.sheet_names == ["概要", "户与风险", "工作量"]
    assert [row[2:5] for row in book.get_sheet_by_name("户与风险").to_python()[1:]] == [[H2, "因病", "新增"]]


def test_another_hubs_key_opens_nothing_and_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "secrets" / "master.key").write_bytes(b"x" * 32)
    done = RUNNER.invoke(app, ["sandbox", str(draft(tmp_path, 5000)), "--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "主密钥" in done.output


def test_a_draft_whose_number_is_not_in_its_quotation_is_refused(tmp_path: Path) -> None:
    path = draft(tmp_path, 5000)
    path.write_text(path.read_text(encoding="utf-8").replace('"5000.00"', '"4000.00"'), encoding="utf-8")
    done = RUNNER.invoke(app, ["sandbox", str(path), "--data", str(tmp_path)])
    assert done.exit_code == 2
    assert "medical-self-paid" in done.output


@pytest.mark.parametrize(("until", "kept"), [("2021-08-31", 1), ("2021-09-01", 0)])
def test_assistance_of_a_member_counts_as_for_the_live_warnings(
    desk: Desk, tmp_path: Path, until: str, kept: int
) -> None:
    county = {"county_code": "410922"}
    months = {"period_from": "2020-09", "period_to": "2021-08", "members": 1, "wage": "5000.00"}
    survey = {"subject": {"household_no": "Q1"}, "surveyed_on": "2021-09-01", **months}
    aid = {"subject": {"id_number": PERSON}, "kind": "subsistence", "from": "2021-01-01", "until": until}
    desk.take({**common("clock", "c-9", date="2021-12-01", reported_at="2021-12-01T08:00:00+08:00"), **county})
    desk.take(household("Q1", "r-9", village_code="410922100201", **county))
    desk.take({**common("income", "i-1", **survey), **county}, {**common("assistance", "a-1", **aid), **county})
    answer = run(tmp_path, DIRECTORY / "qingfeng-2021.yaml")
    assert (answer["kept"], answer["changes"]) == (kept, [])
    assert kept == sum(household_no == "Q1" for household_no, _, _ in desk.warnings())
