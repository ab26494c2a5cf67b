"""The packs prove themselves, and against the counties' documents where these are at hand."""

from pathlib import Path

import pytest

from fangpin.domain.policy import PackError, pack_from_mapping
from fangpin.domain.policy.numerals import numbers_in, squeeze
from fangpin.policies import load_book, load_packs

SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
RULE = {
    "id": "r",
    "feed": "medical-expense",
    "risk": "illness",
    "sentence": "…",
    "when": {"field": "self_paid", "compare": ">", "value": "5500.00", "as_written": "超过 5500元"},
    "basis": {"clause": "附件1", "quote": "个人自付超过 5500元"},
}
PACK = {
    "id": "p",
    "county_code": "410922",
    "county_name": "清丰县",
    "document": {"number": "1号", "title": "…", "issued_on": "2021-03-04"},
    "valid_from": "2021-03-04",
    "risk_labels": {"illness": "因病"},
    "rules": [RULE],
}


def test_the_packs_load_and_do_not_overlap() -> None:
    assert load_book().counties() == ["410922", "530925"]


def test_a_plain_pack_is_accepted() -> None:
    assert pack_from_mapping(PACK).rules[0].id == "r"


@pytest.mark.parametrize(
    "change",
    [
        {"unknown_field": 1},
        {"when": {**RULE["when"], "value": "5600.00"}},  # type: ignore[dict-item]
        {"when": {**RULE["when"], "as_written": "超过 5600元", "value": "5600.00"}},  # type: ignore[dict-item]
        {"when": {"field": "nothing", "compare": ">", "value": "5500", "as_written": "超过 5500元"}},
        {"feed": "no-such-feed"},
        {"risk": "boredom"},
    ],
)
def test_what_a_pack_may_not_say(change: dict[str, object]) -> None:
    with pytest.raises(PackError):
        pack_from_mapping({**PACK, "rules": [{**RULE, **change}]})


def test_numbers_as_officials_write_them() -> None:
    assert [int(one) for one in numbers_in("1万元，一个月，一、二类，6000 元以上（含），二十五日")] == [
        10000,
        1,
        1,
        2,
        6000,
        25,
    ]


def test_each_quotation_stands_in_its_document() -> None:
    if not SEEDS.is_dir():
        pytest.skip("the counties' documents are not beside the repository")
    texts = [squeeze(path.read_text(encoding="utf-8")) for path in SEEDS.glob("*.txt")]
    for pack in load_packs():
        own = next(text for text in texts if squeeze(pack.document.number) in text[:400])
        for rule in pack.rules:
            assert squeeze(rule.basis.quote) in own, rule.id
