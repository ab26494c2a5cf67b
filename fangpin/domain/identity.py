"""Resident identity numbers (GB 11643): 6 digits of area, 8 of birth date, 3 of sequence, 1 check (ISO 7064 MOD 11-2)."""

import re
import unicodedata
from datetime import date
from operator import mul

from fangpin.domain.errors import refuse

_WEIGHTS = tuple(2 ** (17 - index) % 11 for index in range(17))
_CHECK = "10X98765432"
_HIDDEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")
_ANYWHERE = re.compile(r"(?=[0-9]{17}[0-9Xx])")
MAX_AGE_YEARS = 130


def check_character(first17: str) -> str:
    """The check character of seventeen digits."""
    return _CHECK[sum(map(mul, map(int, first17), _WEIGHTS)) % 11]


def birth_date(number: str) -> date | None:
    """The birth date in the number; None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def normalise_id(text: str, today: date, field: str = "id_number") -> tuple[str, bool]:
    """The number in its one form, and whether anything had to be normalised. Raises `Refused`.

    Full-width digits, spaces and a small x are normalised; a hidden character is refused, because a person must see
    what the department's system keeps there.
    """
    if _SHAPE.fullmatch(text) and text.isascii():
        return _checked(text, today, field), False
    if _HIDDEN.search(text):
        raise refuse("ID_HIDDEN_CHAR", field, "身份证号中夹有看不见的字符，请在原系统中删除后重新录入。")
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    if re.fullmatch(r"[0-9]{15}", number):
        raise refuse("ID_15", field, "身份证号是15位旧号，请核对本人18位身份证后填写；系统不会自动升位。")
    if not _SHAPE.fullmatch(number):
        raise refuse("ID_FORMAT", field, "身份证号应为18位：前17位数字，末位数字或X。请核对后填写。")
    return _checked(number, today, field), True


def _checked(number: str, today: date, field: str) -> str:
    """The number, when its date and its check character are right."""
    born = birth_date(number)
    if born is None or born > today or born.year < today.year - MAX_AGE_YEARS:
        raise refuse("ID_DATE", field, "身份证号第7至14位不是合理的出生日期，请核对后填写。")
    if check_character(number[:17]) != number[17]:
        raise refuse(
            "ID_CHECKSUM", field, "身份证号校验位不符，可能有一位录错，请核对证件；确属历史错号的请联系县级管理员。"
        )
    return number


def is_id_number(text: str) -> bool:
    """Whether the text is a valid identity number: shape, a real date, the check character."""
    number = unicodedata.normalize("NFKC", text).strip().upper()
    return (
        bool(_SHAPE.fullmatch(number)) and birth_date(number) is not None and check_character(number[:17]) == number[17]
    )


def contains_id_number(text: str) -> bool:
    """Whether a valid identity number stands alone anywhere in the text."""
    return any(is_id_number(match.group()) for match in _TOKEN.finditer(unicodedata.normalize("NFKC", text)))


def holds_id_number(text: str) -> bool:
    """Whether a valid identity number of someone who may be alive is anywhere in the text, also glued to other digits."""
    plain = unicodedata.normalize("NFKC", text)
    return any(
        plain[start + 6 : start + 8] in ("19", "20") and is_id_number(plain[start : start + 18])
        for start in (match.start() for match in _ANYWHERE.finditer(plain))
    )


def mask_id(number: str) -> str:
    """As pages show it: area and check visible, birth date and sequence not."""
    return f"{number[:6]}{'*' * 10}{number[-2:]}"
