"""The rows of a file as they were written: byte order marks, lines and quotes of CSV."""

import pytest

from services.intake.sheets import read_sheet


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_byte_order_mark_is_no_part_of_the_first_column(encoding: str) -> None:
    sheet = read_sheet("\ufeff姓名,医院\r\n甲,县医院\r\n".encode(encoding))
    assert [row for _, row in sheet.rows] == [["姓名", "医院"], ["甲", "县医院"]]


def test_rows_are_numbered_as_a_spreadsheet_does_also_after_a_cell_of_two_lines_and_an_empty_row() -> None:
    sheet = read_sheet('姓名,医院\n甲,"县\n医院"\n\n乙,县医院\n'.encode())
    assert [(number, row[0]) for number, row in sheet.rows if row] == [(1, "姓名"), (2, "甲"), (4, "乙")]
