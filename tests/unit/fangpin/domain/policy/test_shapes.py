"""What msgspec says of a mapping that is no pack, in Chinese."""

from datetime import date

import msgspec
import pytest

from fangpin.domain.policy.shapes import shape_fault


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    day: date
    number: int | None = None


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    rules: tuple[Inner, ...] = ()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"id": "a", "more": 1}, "不认识的字段 more"),
        ({}, "缺少字段 id"),
        ({"id": "a", "rules": [{}]}, "缺少字段 day（在 rules[0]）"),
        ({"id": "a", "rules": 1}, "应为列表，不能是整数（在 rules）"),
        ({"id": "a", "rules": [{"day": "2021-02-30"}]}, "不是正确的日期（在 rules[0].day）"),
        (
            {"id": "a", "rules": [{"day": "2021-02-03", "number": "x"}]},
            "应为整数 或 空，不能是文本（在 rules[0].number）",
        ),
    ],
)
def test_it_says_what_and_where(raw: object, said: str) -> None:
    with pytest.raises(msgspec.ValidationError) as found:
        msgspec.convert(raw, Outer)
    assert shape_fault(found.value) == said
