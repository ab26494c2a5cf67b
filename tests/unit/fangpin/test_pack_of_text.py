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
        ("", "not a mapping"),
        ("a: *x\nb: &x [1]", "undefined|before"),
        ("a: &x [*x]", "within"),
        (
            "a0: &a0 [1, 2]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)),
            "more than 50000",
        ),
        ("a: !!python/object:os.system 1", "tags"),
        ("a: !!timestamp x", "tags"),
        ("[" * 100_000, "nest"),
        ("a: " + "{a: " * 40 + "1" + "}" * 40, "nested more than 30"),
        ("a: 2021-13-45", "month"),
        ("a: " + "9" * 5000, "digits"),
        ("\x00", "control characters"),
        ("id: a\nid: b", "twice"),
        (pack_text() + "\nmore: 1\n", "unknown field"),
        (pack_text().replace("docs/decisions/0006-what-counts.md", "docs/decisions/0999-no.md", 1), "no record"),
    ],
    ids=lambda one: repr(one)[:20],
)
def test_anything_else_is_refused_and_said(text: str, said: str) -> None:
    with pytest.raises(PackError, match=said):
        pack_of_text(text, "x")
