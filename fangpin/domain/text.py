"""Text that people typed: what is allowed in it, and how names are compared."""

import re
import unicodedata

from fangpin.domain.errors import Problem

MAX_TEXT = 2000
# C0 and C1 controls but tab and line ends, direction marks and overrides, BOM, surrogates, non-characters.
_BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_LINES = re.compile("[\t\n\r]")
_STACKED_MARKS = re.compile("[\u0300-\u036f\u0489\u1ab0-\u1aff\u20d0-\u20ff]{4}")
_DOTS = re.compile("[·•・‧∙⋅．.\\s]")


def text_problem(text: str, field: str, limit: int = MAX_TEXT) -> Problem | None:
    """`BAD_TEXT` for control and direction characters and piled-up marks, `TEXT_TOO_LONG` beyond the limit.

    A text with a limit below `MAX_TEXT` (an id, a name, a place) is one line: tab and line ends are bad in it too.
    """
    if len(text) > limit:
        return Problem("TEXT_TOO_LONG", field, f"“{field}”超过{limit}个字符，请缩短后重新报送。")
    plain = text.isascii() and text.isprintable()
    if not plain and limit < MAX_TEXT and _LINES.search(text):
        return Problem("BAD_TEXT", field, f"“{field}”应写成一行，其中有换行或制表符，请删除后重新报送。")
    if not plain and (_BAD.search(text) or _STACKED_MARKS.search(unicodedata.normalize("NFD", text))):
        return Problem("BAD_TEXT", field, f"“{field}”含有控制字符、方向字符或异常叠加符号，请删除这些字符后重新报送。")
    return None


def normalise_name(name: str) -> str:
    """A name for comparison only: NFKC, without spaces and without the dots of minority names."""
    return _DOTS.sub("", unicodedata.normalize("NFKC", name)).upper()
