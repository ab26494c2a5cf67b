"""The workbook of a comparison: text stays text."""

import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from services.sandbox import workbook

HOSTILE = ("=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "http://example.org", "{=1}")


def test_no_cell_is_a_formula_or_a_link(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    workbook.write(path, [("表", ("=列", "数"), [(text, 3) for text in HOSTILE])])
    read = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("表").to_python()
    assert read == [["=列", "数"], *([text, 3.0] for text in HOSTILE)]
    with zipfile.ZipFile(path) as whole:
        sheet = whole.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet.lower()


def test_a_path_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(workbook.Unwritable):
        workbook.write(tmp_path / "nowhere" / "out.xlsx", [("表", ("列",), [])])
