"""Counts as files: one CSV a table, or a workbook with all of them. A cell is never a formula."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from services.frame.spreadsheets import csv_file, neutral

Table = Mapping[str, Any]
NUMBERS = (("open", "未办结"), ("ended", "已办结"), ("total", "合计"))


def as_csv(table: Table) -> bytes:
    """A line a row of the table."""
    columns = ["代码", table["column"], *(label for _, label in NUMBERS)]
    return csv_file(columns, ([row["key"], row["label"], *(row[name] for name, _ in NUMBERS)] for row in table["rows"]))


def as_workbook(tables: Sequence[Table], place: str, made_at: str) -> bytes:
    """A sheet a table, texts as texts."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        for table in tables:
            sheet = book.add_worksheet(table["title"])
            sheet.write_string(0, 0, f"{place}预警统计（{table['title']}），{made_at} 生成", bold)
            for column, label in enumerate(["代码", table["column"], *(label for _, label in NUMBERS)]):
                sheet.write_string(1, column, label, bold)
            for line, row in enumerate(table["rows"], 2):
                sheet.write_string(line, 0, neutral(row["key"]))
                sheet.write_string(line, 1, neutral(row["label"]))
                for column, (name, _) in enumerate(NUMBERS, 2):
                    sheet.write_number(line, column, row[name])
            sheet.set_column(0, 1, 18)
    return file.getvalue()
