"""The invented county: repeatable, valid by the hub's own rules, and readable as files."""

import csv
from datetime import date
from pathlib import Path

from python_calamine import CalamineWorkbook

from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import parse_record
from services.simulator import simulate_records, simulate_register
from services.simulator.files import write_csv, write_xlsx
from tests.records import NOW, without_feed

TODAY = date(2021, 11, 30)
REGISTER = list(simulate_register("530925", 200, 7, TODAY))
RECORDS = list(simulate_records("530925", REGISTER, 7, date(2021, 9, 28), TODAY, 600))


def test_the_same_seed_gives_the_same_county() -> None:
    assert list(simulate_register("530925", 200, 7, TODAY)) == REGISTER
    assert list(simulate_records("530925", REGISTER, 7, date(2021, 9, 28), TODAY, 600)) == RECORDS
    assert list(simulate_register("530925", 200, 8, TODAY)) != REGISTER


def test_every_record_is_valid_and_every_feed_comes() -> None:
    for raw in (*REGISTER, *RECORDS):
        parse_record(FEEDS[raw["feed"]], without_feed(raw), now=NOW)
    assert len({raw["feed"] for raw in RECORDS}) == 5


def test_no_identity_number_comes_twice() -> None:
    numbers = [member["id_number"] for raw in REGISTER for member in raw["members"]]
    assert len(set(numbers)) == len(numbers)


def test_files_hold_the_records(tmp_path: Path) -> None:
    bills = [raw for raw in RECORDS if raw["feed"] == "medical-expense"]
    write_csv(tmp_path / "a.csv", "medical-expense", bills)
    rows = list(csv.reader((tmp_path / "a.csv").read_text(encoding="gb18030").splitlines()))
    assert len(rows) == len(bills) + 2
    assert rows[2][0] == bills[0]["record_id"]
    write_xlsx(tmp_path / "a.xlsx", "medical-expense", bills)
    sheet = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_index(0).to_python()
    assert sheet[2][5] == bills[0]["subject"]["id_number"]
    assert sheet[2][8] == date.fromisoformat(bills[0]["settled_on"])
