"""A mapping that has not the shape of a pack, told in Chinese: what msgspec says, by the patterns of its messages."""

import re

import msgspec

_TYPES = {
    "str": "文本",
    "int": "整数",
    "float": "数",
    "bool": "true 或 false",
    "date": "日期（如 2021-09-28）",
    "array": "列表",
    "object": "名称与值的对照",
    "null": "空",
}
_WORDS = (
    (r"Object contains unknown field `(.+)`", r"不认识的字段 \1"),
    (r"Object missing required field `(.+)`", r"缺少字段 \1"),
    (r"Invalid enum value '?(.+?)'?", r"\1 不在可用的取值之中"),
    (r"Invalid (RFC3339 encoded )?date", "不是正确的日期"),
)


def shape_fault(error: msgspec.ValidationError) -> str:
    """What is wrong, and where in the mapping."""
    what, _, where = str(error).partition(" - at `")
    return f"{_what(what)}{_where(where.rstrip('`'))}"


def _what(text: str) -> str:
    for pattern, words in _WORDS:
        found = re.fullmatch(pattern, text)
        if found is not None:
            return found.expand(words)
    expected = re.fullmatch(r"Expected `(.+)`, got `(.+)`", text)
    if expected is None:
        return text
    wanted, given = (" 或 ".join(_TYPES.get(one, one) for one in re.split(r" \| ", side)) for side in expected.groups())
    return f"应为{wanted}，不能是{given}"


def _where(path: str) -> str:
    """`$.rules[...].when` as it is written in the file; nothing for the mapping itself."""
    place = path.removeprefix("$").removeprefix(".")
    return f"（在 {place}）" if place else ""
