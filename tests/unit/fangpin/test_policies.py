"""The packs prove themselves, and against the counties' documents where these are at hand."""

import os
import re
from datetime import date
from pathlib import Path

import pytest

from fangpin.domain.policy import Pack, PackBook, PackError, pack_from_mapping
from fangpin.domain.policy.numerals import numbers_in, squeeze
from fangpin.domain.policy.passages import bases, decisions, document_of
from fangpin.domain.policy.rule_faults import RISKS
from fangpin.policies import load_book, load_packs

SEEDS = Path(os.environ.get("FANGPIN_SOURCES") or Path(__file__).parents[4] / "shared" / "seeds")
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
    assert load_book().counties() == ["410922", "440229", "440825", "530925"]


@pytest.mark.parametrize(
    ("pack_id", "county", "document", "first", "last"),
    [
        ("wengyuan-2020", "440229", "实施方案 (2020)", "2020-07-01", "2023-04-20"),
        ("wengyuan-2023", "440229", "翁乡振字〔2023〕10号", "2023-04-21", None),
        ("xuwen-2021", "440825", "徐扶组〔2021〕7号", "2021-01-01", None),
        ("shuangjiang-2021", "530925", "双巩固振兴组〔2021〕1号", "2021-09-28", None),
        ("qingfeng-2021", "410922", "清脱贫组〔2021〕12号", "2021-03-04", None),
    ],
)
def test_packs_are_those_of_the_table(pack_id: str, county: str, document: str, first: str, last: str | None) -> None:
    pack = load_book().packs[pack_id]
    assert (pack.county_code, pack.document.number) == (county, document)
    assert (pack.valid_from.isoformat(), pack.valid_until.isoformat() if pack.valid_until else None) == (first, last)


def test_a_plain_pack_is_accepted() -> None:
    assert pack_from_mapping(PACK).rules[0].id == "r"


@pytest.mark.parametrize(
    ("feed", "risk", "when"),
    [
        ("disaster-loss", "disaster", {"field": "deaths", "positive": False}),
        ("income", "income", {"field": "livelihood_unstable", "holds_or_unknown": False, "as_written": "不稳定"}),
    ],
)
def test_a_form_that_has_no_opposite_is_not_read_as_what_it_denies(
    feed: str, risk: str, when: dict[str, object]
) -> None:
    with pytest.raises(PackError, match="只能是 true"):
        pack_from_mapping({**PACK, "rules": [{**RULE, "feed": feed, "risk": risk, "when": when}]})


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
    with pytest.raises(PackError, match=r"^x\.yaml：规则 r：“超过 5500元”里没有 5600\.00$"):
        pack_from_mapping({**PACK, "rules": [wrong]}, "x.yaml")


def test_packs_of_a_county_do_not_overlap() -> None:
    first = pack_from_mapping({**PACK, "valid_until": "2022-12-31"})
    with pytest.raises(PackError, match="2022-12-31 当日 p 和 q 都在执行"):
        PackBook([first, pack_from_mapping({**PACK, "id": "q", "valid_from": "2022-12-31"})])
    later = {**PACK, "id": "q", "valid_from": "2023-02-01"}
    with pytest.raises(PackError, match="在 gap_before 写明空档的原因"):
        PackBook([first, pack_from_mapping(later)])
    with pytest.raises(PackError, match="前面没有政策包"):
        PackBook([pack_from_mapping({**later, "gap_before": "没有文件"})])
    book = PackBook([first, pack_from_mapping({**later, "gap_before": "没有文件"})])
    days = [date(2021, 3, 3), date(2021, 3, 4), date(2022, 12, 31), date(2023, 1, 1), date(2023, 2, 1)]
    held = [book.in_force("410922", day) for day in days]
    assert [pack.id if pack else None for pack in held] == [None, "p", "p", None, "q"]


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("id: a\nid: b\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"p\.yaml：第1行起的内容里，id 出现了两次"):
        load_packs(tmp_path)


def test_the_packs_name_decisions_that_are_written() -> None:
    root = Path(__file__).parents[3]
    named = {decision for pack in load_packs() for _, decision in decisions(pack)}
    assert len(named) > 10
    assert [one for one in sorted(named) if not (root / one).is_file()] == []


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
        pytest.skip("the counties' documents are not at ../shared/seeds, nor where FANGPIN_SOURCES says")
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    for pack in load_packs():
        own = document_of(pack, texts)
        assert own is not None, pack.id
        for where, basis in bases(pack):
            for passage in basis.passages():
                assert squeeze(passage.quote) in own, (pack.id, where, passage.quote)


SURVEY = {
    "id": "i",
    "feed": "income",
    "risk": "illness",
    "sentence": "…",
    "series": "s",
    "when": {"derived": "per-capita", "compare": "<", "value": "10.00", "as_written": "低于10元"},
    "basis": {"clause": "一", "quote": "低于10元，见12月", "decision": "docs/decisions/0009-income-a-head.md"},
}
PERIOD = {"form": "not-stated", "basis": SURVEY["basis"]}


@pytest.mark.parametrize(
    ("rule", "gaps", "fault"),
    [
        ({}, [{"none": "…", "valid_from": "2022-01-01"}], "重叠"),
        ({"valid_until": "2021-12-31"}, [], "2022-01-01 起没有数值"),
        ({"valid_from": "2021-05-01"}, [], "2021-03-04 至 2021-04-30 没有数值"),
        ({"valid_until": "2021-12-31"}, [{"none": " ", "valid_from": "2022-01-01"}], "写明原因"),
        (
            {"valid_until": "2021-12-31"},
            [{"none": "…", "valid_from": "2022-01-02"}],
            "2022-01-01 至 2022-01-01 没有数值",
        ),
        ({"series": "other"}, [], "没有数值序列 other"),
        ({"series": None, "valid_until": "2021-12-31"}, [], "属于一个数值序列"),
        ({"when": {**SURVEY["when"], "derived": "no-such"}}, [], "没有推算金额 no-such"),  # type: ignore[dict-item]
        ({"when": {**SURVEY["when"], "tolerance": "-1"}}, [], "tolerance 应为"),  # type: ignore[dict-item]
        ({"when": {**SURVEY["when"], "against": "wage"}}, [], "用了 against 就不写 value"),  # type: ignore[dict-item]
        ({"risk": "named"}, [], "income 的记录不写明风险"),
    ],
)
def test_what_a_dated_rule_may_not_say(rule: dict[str, object], gaps: list[object], fault: str) -> None:
    series = [{"id": "s", "gaps": gaps}]
    with pytest.raises(PackError, match=fault):
        pack_from_mapping({**PACK, "income_period": PERIOD, "series": series, "rules": [{**SURVEY, **rule}]})


def test_values_and_declared_gaps_together_cover_all_time() -> None:
    rules = [{**SURVEY, "valid_until": "2021-12-31"}, {**SURVEY, "id": "j", "valid_from": "2023-01-01"}]
    series = [{"id": "s", "gaps": [{"none": "…", "valid_from": "2022-01-01", "valid_until": "2022-12-31"}]}]
    pack = pack_from_mapping({**PACK, "income_period": PERIOD, "series": series, "rules": rules})
    assert [rule.id for rule in pack.rules] == ["i", "j"]


def test_income_rules_need_to_know_the_period() -> None:
    with pytest.raises(PackError, match="缺少 income_period"):
        pack_from_mapping({**PACK, "rules": [{**SURVEY, "series": None}]})


DUTY = {
    "id": "d",
    "what": "…",
    "by": ["village"],
    "to": ["township"],
    "every": "month",
    "due": {"day": 20, "as_written": "每月 20日前"},
    "basis": {"clause": "四", "quote": "建立排查台账（每月 20日前完成）"},
}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"due": {"day": 21, "as_written": "每月 20日前"}}, "没有 21"),
        ({"due": {"day": 20}}, "要有 as_written"),
        ({"due": {"day": 20, "end": True, "as_written": "每月 20日前"}}, "有且只有 day"),
        ({"due": {"days": 20, "as_written": "每月 20日前"}}, "从发生之日起算"),
        ({"due": {"day": 20, "month_of_quarter": 1, "as_written": "每月 20日前"}}, "只用于按季报送"),
        ({"every": "quarter", "due": {"day": 20, "as_written": "每月 20日前"}}, "day 用于每月"),
        ({"by": ["mayor"]}, "没有 mayor 这个部门或岗位"),
        ({"by": []}, "由谁报"),
        ({"since": "2021-03-04", "until": "2021-03-03"}, "until 早于 since"),
        ({"feeds": ["no-such"]}, "没有 no-such 这一类数据"),
        ({"feeds": ["employment-need"]}, "village 不能报送 employment-need"),
        ({"feeds": ["house-defect"], "by": ["village", "grid"]}, "grid 不能报送 house-defect"),
    ],
)
def test_what_a_duty_may_not_say(change: dict[str, object], fault: str) -> None:
    assert pack_from_mapping({**PACK, "duties": [DUTY]}).duties[0].id == "d"
    with pytest.raises(PackError, match=fault):
        pack_from_mapping({**PACK, "duties": [{**DUTY, **change}]})


def test_a_label_that_the_document_does_not_have_is_named_as_ours() -> None:
    words = {"bases": [{"clause": "一", "quote": "因大病"}], "decision": "docs/decisions/0021-risk-words.md"}
    with pytest.raises(PackError, match="引文里没有“因病”"):
        pack_from_mapping({**PACK, "risk_words": words})
    assert pack_from_mapping({**PACK, "risk_words": {**words, "ours": ["illness"]}})


def test_every_pack_says_who_owes_what_and_how_a_household_enters() -> None:
    book = load_book()
    for pack in book.packs.values():
        assert pack.duties
        assert pack.measures
        assert set(pack.risk_labels) == set(RISKS)
        assert [step.stage for step in pack.chain if step.decides] == ["decision"]
    ten = book.packs["shuangjiang-2021"].exclusions
    assert [one.number for one in ten] == list(range(1, 11))
    assert [one.number for one in ten if one.person_only] == [9]
    assert [step.by for step in book.packs["xuwen-2021"].chain if step.decides] == [("township",)]
    assert [step.ends for step in book.packs["xuwen-2021"].chain if step.ends] == ["marked"]
    assert book.packs["qingfeng-2021"].village_day == 25


def test_whose_facts_are_judged_by_assistance() -> None:
    book = load_book()
    assert book.asks_for_aid("410922") == {"income"}
    assert book.asks_for_aid("530925") == frozenset()


@pytest.mark.parametrize("pack", load_packs(), ids=lambda pack: pack.id)
def test_every_part_of_a_pack_stands_on_its_documents_page(pack: Pack) -> None:
    page = (Path(__file__).parents[3] / "docs" / "documents" / f"{pack.id}.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z0-9-]+)`", page))
    parts = [one.id for one in (*pack.rules, *pack.series, *pack.duties, *pack.measures, *pack.chain)]
    assert [one for one in parts if one not in named] == []
    assert not pack.exclusions or "exclusions 1–10" in page


def test_a_body_without_a_slug_is_in_the_documents_words() -> None:
    measure = {
        "id": "m",
        "name": "…",
        "lead_others": ["县委宣传部"],
        "basis": {"clause": "四", "quote": "牵头单位：县委宣传部"},
    }
    assert pack_from_mapping({**PACK, "measures": [measure]}).measures[0].lead_others == ("县委宣传部",)
    with pytest.raises(PackError, match="引文里没有“人行”"):
        pack_from_mapping({**PACK, "measures": [{**measure, "others": ["人行"]}]})
