"""The comparison of a draft with the packs in force, and where the draft takes its place."""

from datetime import date

import msgspec
import pytest

from fangpin.domain.policy import Finding, Met, Pack, PackBook, PackError
from fangpin.domain.policy.trial import Comparison, Shown, shown, with_draft
from fangpin.policies import load_packs

VILLAGE = "530925101201"


def found(risk: str, since: date, *records: str) -> Shown:
    met = Met(risk, f"{risk}-rule", "a-pack", "warn", since, "1 > 0")
    return shown(Finding(risk, since, "a-pack", records, tuple((record, met) for record in records)))


def pack(name: str = "shuangjiang-2021") -> Pack:
    return next(one for one in load_packs() if one.id == name)


def test_what_only_one_side_has_appears_or_disappears_and_the_rest_stays() -> None:
    comparison = Comparison()
    october, november = date(2021, 10, 8), date(2021, 11, 2)
    comparison.add(VILLAGE, "H2", [found("illness", october, "m-1")], [found("housing", november, "d-1", "d-2")])
    comparison.add(VILLAGE, "H1", [found("illness", october, "m-2")], [found("illness", november, "m-3")])
    changes = [
        (one.household_no, one.risk, one.change, one.since, one.rules, one.records) for one in comparison.in_order()
    ]
    assert changes == [
        ("H2", "housing", "appears", november, ("housing-rule",), 2),
        ("H2", "illness", "disappears", october, ("illness-rule",), 1),
    ]
    assert (comparison.kept, comparison.redated) == (1, 1)
    assert [(one.village_code, one.month, one.in_force, one.draft) for one in comparison.workload()] == [
        (VILLAGE, "2021-10", 2, 0),
        (VILLAGE, "2021-11", 0, 2),
    ]


def test_equal_sides_change_nothing() -> None:
    comparison = Comparison()
    same = [found("illness", date(2021, 10, 8), "m-1")]
    comparison.add(VILLAGE, "H1", same, same)
    assert (comparison.changes, comparison.kept, comparison.redated) == ([], 1, 0)


def test_a_draft_of_the_same_id_takes_the_packs_place() -> None:
    draft = msgspec.structs.replace(pack(), rules=pack().rules[:1])
    assert with_draft(load_packs(), draft) == [draft]


def test_a_draft_of_another_id_ends_the_pack_before_it() -> None:
    draft = msgspec.structs.replace(pack(), id="draft", valid_from=date(2022, 1, 1))
    book = PackBook(with_draft(load_packs(), draft))
    in_force = [book.in_force("530925", day) for day in (date(2021, 12, 31), date(2022, 1, 1))]
    assert [one.id for one in in_force if one is not None] == ["shuangjiang-2021", "draft"]


def test_a_draft_that_leaves_a_pack_without_its_rest_is_refused() -> None:
    draft = msgspec.structs.replace(pack(), id="draft", valid_from=date(2022, 1, 1), valid_until=date(2022, 6, 30))
    with pytest.raises(PackError, match="shuangjiang-2021 还在执行"):
        with_draft(load_packs(), draft)
