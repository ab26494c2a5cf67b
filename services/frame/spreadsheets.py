"""Tables that leave as files for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet that gets these as text may make a formula of them


def neutral(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return "'" + text if text.startswith(FORMULA) else text


def csv_file(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """In UTF-8 with a byte order mark, which Chinese spreadsheets need. A cell is never a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")
