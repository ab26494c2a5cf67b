"""Faults of a boundary table in the words of officers: every one that can come."""

import re
from datetime import date
from pathlib import Path

import msgspec

from fangpin.domain.policy import Pack, PackBook, coverage
from fangpin.domain.policy.cases import CaseTable
from fangpin.domain.policy.proving import case_faults, in_chinese, table_fault
from fangpin.policies import load_cases, load_specimens, own_packs


def test_no_fault_stays_in_english() -> None:
    source = Path(coverage.__file__).read_text(encoding="utf-8")
    faults = [one for one in re.findall(r'yield f?"([^"]+)"', source) if not one.startswith("{rule.id}: {")]
    assert len(faults) >= 12
    for fault in faults:
        what = re.sub(r"\{(day\.year \+ step)\}", "2020", fault)
        what = what.replace("{name} its line", "at its line").replace("” {name}", "” does not hold")
        what = re.sub(r"\{'met' if met else 'not met'\}", "not met", what)
        what = re.sub(r"\{[^}]+\}", "x", what)
        what = what if ": " in what else f"rule-1: {what}"
        assert not re.search(r"no case|no household", in_chinese(what)), fault


def test_the_rule_and_the_day_are_named() -> None:
    assert in_chinese("medical: no case at its line") == "规则 medical：缺少恰好等于界线的案例"
    edge = "no case on 2021-09-28, at the edge of the pack, that is met"
    assert in_chinese(edge) == "缺少 2021-09-28 当日符合条件的案例"


def test_what_a_case_says_otherwise_is_told_with_its_day() -> None:
    told = in_chinese("medical: case 2021-10-08, self_paid 1.00: not met, the table says otherwise")
    assert told == "规则 medical：案例（2021-10-08, self_paid 1.00）判断为不符合，与案例表不一致"
    noted = in_chinese("medical: case 2021-09-27: without the note NO_POLICY")
    assert noted == "规则 medical：案例（2021-09-27）没有提示 NO_POLICY"


def test_a_case_that_is_no_record_is_named_and_the_others_are_still_tried() -> None:
    pack = next(one for one in own_packs() if one.id == "shuangjiang-2021")
    table = load_cases(pack.id)
    later = {
        **table.cases,
        "drinking-water": tuple(
            msgspec.structs.replace(one, day=date(2030, 1, 1)) for one in table.cases["drinking-water"]
        ),
    }
    gap = msgspec.structs.replace(table, cases=later | {"medical-self-paid": table.cases["medical-self-paid"][1:]})
    told = table_fault(pack, gap, PackBook([pack]), load_specimens())
    assert told is not None
    assert "规则 drinking-water：2030-01-01 的案例不是有效的记录：" in told
    assert "规则 medical-self-paid：缺少刚低于界线" in table_fault_whole(pack, gap)


def table_fault_whole(pack: Pack, table: CaseTable) -> str:
    return "；".join(in_chinese(one) for one in case_faults(pack, table, PackBook([pack]), load_specimens()))
