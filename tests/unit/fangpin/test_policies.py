"""The packs prove themselves, and against the counties' documents where these are at hand."""

from datetime import date
from pathlib import Path

import pytest

from fangpin.domain.policy import PackBook, PackError, pack_from_mapping
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
        {"when": {**RULE["when"], "compare": ">="}},  # type: ignore[dict-item]
        {"when": {**RULE["when"], "as_written": "5500元"}},  # type: ignore[dict-item]
        {"when": {**RULE["when"], "value": "much"}},  # type: ignore[dict-item]
        {"when": {**RULE["when"], "value": "NaN"}},  # type: ignore[dict-item]
        {"when": {**RULE["when"], "value": 5500.0}},  # type: ignore[dict-item]
        {"when": {**RULE["when"], "field": "hospital"}},  # type: ignore[dict-item]
        {"when": {**RULE["when"], "positive": True}},  # type: ignore[dict-item]
        {"when": {"all": []}},
        {"when": {"field": "self_paid", "holds": True}},
        {"met": {"months_after": 0, "as_written": "一个月"}},
        {"met": {"months_after": 1, "as_written": "一个月"}},
        {"purpose": "punish"},
    ],
)
def test_what_a_pack_may_not_say(change: dict[str, object]) -> None:
    with pytest.raises(PackError):
        pack_from_mapping({**PACK, "rules": [{**RULE, **change}]})


@pytest.mark.parametrize(
    "change",
    [
        {"rules": [RULE, RULE]},
        {"rules": [{**RULE, "risk": "housing"}]},
        {"county_code": "41092"},
        {"village_day": 32},
        {"risk_labels": {"illness": "因病", "boredom": "无聊"}},
        {"valid_until": "2021-03-03"},
        {"valid_from": "yesterday"},
        {"extra": 1},
    ],
)
def test_what_a_pack_may_not_say_about_itself(change: dict[str, object]) -> None:
    with pytest.raises(PackError):
        pack_from_mapping({**PACK, **change})


def test_an_error_names_file_rule_and_fault() -> None:
    wrong = {**RULE, "when": {**RULE["when"], "value": "5600.00"}}  # type: ignore[dict-item]
    with pytest.raises(PackError, match=r"^x\.yaml: rule r: 5600\.00 does not stand in “超过 5500元”$"):
        pack_from_mapping({**PACK, "rules": [wrong]}, "x.yaml")


def test_packs_of_a_county_do_not_overlap() -> None:
    first = pack_from_mapping({**PACK, "valid_until": "2022-12-31"})
    with pytest.raises(PackError, match="both in force on 2022-12-31"):
        PackBook([first, pack_from_mapping({**PACK, "id": "q", "valid_from": "2022-12-31"})])
    book = PackBook([first, pack_from_mapping({**PACK, "id": "q", "valid_from": "2023-02-01"})])
    days = [date(2021, 3, 3), date(2021, 3, 4), date(2022, 12, 31), date(2023, 1, 1), date(2023, 2, 1)]
    held = [book.in_force("410922", day) for day in days]
    assert [pack.id if pack else None for pack in held] == [None, "p", "p", None, "q"]


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("id: a\nid: b\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"p\.yaml: id stands twice"):
        load_packs(tmp_path)


def test_the_packs_name_decisions_that_are_written() -> None:
    root = Path(__file__).parents[3]
    named = {rule.basis.decision for pack in load_packs() for rule in pack.rules if rule.basis.decision}
    assert named
    assert all((root / one).is_file() for one in named)


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
