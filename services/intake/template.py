"""A blank XLSX of a feed: the columns, text format where numbers would lose digits, drop-downs for choices."""

import io

import xlsxwriter

from fangpin.domain.feeds import Feed, Field
from fangpin.domain.feeds.cells import columns

ROWS = 5_000  # how far down the drop-downs reach


def template(feed: Feed) -> bytes:
    """The bytes of the file."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet(feed.title)
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    text = book.add_format({"num_format": "@"})
    for place, (column, field) in enumerate(columns(feed).items()):
        sheet.set_column(place, place, max(12, len(column) * 2.4), text)
        sheet.write_string(0, place, column, head)
        choices = _choices(column, field)
        if choices:
            sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": choices})
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()


def _choices(column: str, field: Field | None) -> list[str]:
    if column == "状态":
        return ["有效", "撤回"]
    if field is None:
        return []
    return field.choices()
