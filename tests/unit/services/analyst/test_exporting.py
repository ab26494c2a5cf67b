"""Counts as files that no spreadsheet takes for a program."""

import io
import zipfile

import pytest

from services.analyst.exporting import as_csv, as_workbook
from services.frame.spreadsheets import neutral


def table(label: str) -> dict[str, object]:
    rows = [{"key": "530925101", "label": label, "open": 2, "ended": 1, "total": 3}]
    return {"title": "按区域", "column": "区域", "rows": rows}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_C17_a_cell_is_never_a_formula(start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0"
    assert neutral(text) == "'" + text
    assert ("'" + text)[:6] in as_csv(table(text)).decode("utf-8-sig")


def test_C17_a_workbook_holds_texts_and_numbers_only() -> None:
    with zipfile.ZipFile(io.BytesIO(as_workbook([table("=1+1")], "=2+2", "2021-11-01 08:00"))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "'=1+1" in strings


def test_a_csv_opens_in_a_chinese_spreadsheet() -> None:
    content = as_csv(table("勐勐镇"))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == ["代码,区域,未办结,已办结,合计", "530925101,勐勐镇,2,1,3"]
