"""A comparison as an XLSX: a sheet of what was asked, one of households × risks, one of the work a village and month.

Every text is written as text: a household number that begins with “=” is shown, never calculated, and no text is a link.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

Unwritable = FileCreateError
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
Cell = str | int
Sheet = tuple[str, Sequence[str], Iterable[Sequence[Cell]]]


def write(target: Path | BinaryIO, sheets: Iterable[Sheet]) -> None:
    """Write sheets of (title, columns, rows); counts are numbers, everything else is text. Raises `Unwritable`."""
    with xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, SAFE) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        for title, columns, rows in sheets:
            sheet = book.add_worksheet(title)
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(columns):
                sheet.set_column(place, place, max(14, len(column) * 2.4))
                sheet.write_string(0, place, column, head)
            for line, row in enumerate(rows, 1):
                for place, cell in enumerate(row):
                    if isinstance(cell, int):
                        sheet.write_number(line, place, cell)
                    else:
                        sheet.write_string(line, place, cell)
