"""Numbers as officials write them: 6000 元, 1万元, 一个月, 一、二类."""

import re
from decimal import Decimal

_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = re.compile(
    r"(?P<arabic>[0-9]+(?:\.[0-9]+)?)(?P<ten_thousand>万)?|(?P<han>[零一二两三四五六七八九十百千]+)(?P<han_wan>万)?"
)


def squeeze(text: str) -> str:
    """The text without white space, which typesetting puts anywhere into a Chinese document."""
    return re.sub(r"\s+", "", text)


def numbers_in(text: str) -> list[Decimal]:
    """Every number in the text, in order."""
    found = []
    for match in _NUMBER.finditer(squeeze(text)):
        value = Decimal(match["arabic"]) if match["arabic"] else Decimal(_han(match["han"]))
        found.append(value * 10_000 if match["ten_thousand"] or match["han_wan"] else value)
    return found


def _han(text: str) -> int:
    total, digit = 0, 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        else:
            total += (digit or 1) * _UNITS[character]
            digit = 0
    return total + digit
