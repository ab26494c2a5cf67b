"""A pack that somebody hands in: whatever the text holds, the answer is a pack or a `PackError`."""

import pytest

from fangpin.domain.policy import PackError
from fangpin.policies import DIRECTORY, pack_of_text
from tests.packs import pack_text


def test_a_sound_one_is_read() -> None:
    assert pack_of_text(pack_text(), "x").id == "shuangjiang-2022"


@pytest.mark.parametrize("pack", ["qingfeng-2021", "wengyuan-2023"])
def test_what_the_hubs_own_packs_use_of_yaml_is_read(pack: str) -> None:
    assert pack_of_text((DIRECTORY / f"{pack}.yaml").read_text(encoding="utf-8"), pack).id == pack


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "最外层"),
        ("a: *x\nb: &x [1]", "第1行|之前"),
        ("a: &x [*x]", "之中"),
        (
            "a0: &a0 [1, 2]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)),
            "超过 50000 个值",
        ),
        ("a: !!python/object:os.system 1", "标签"),
        ("a: !!timestamp x", "标签"),
        ("[" * 100_000, "嵌套|YAML"),
        ("a: " + "{a: " * 40 + "1" + "}" * 40, "嵌套超过 30 层"),
        ("a: 2021-13-45", "不存在的日期"),
        ("a: " + "9" * 5000, "不能读取的数"),
        ("\x00", "不是正确的 YAML"),
        ("id: a\nid: b", "第1行起的内容里，id 出现了两次"),
        (pack_text() + "\nmore: 1\n", "不认识的字段 more"),
        (
            pack_text().replace("docs/decisions/0006-what-counts.md", "docs/decisions/0999-no.md", 1),
            "没有决定记录 docs/decisions/0999-no.md",
        ),
    ],
    ids=lambda one: repr(one)[:20],
)
def test_anything_else_is_refused_and_said(text: str, said: str) -> None:
    with pytest.raises(PackError, match=said):
        pack_of_text(text, "x")
