"""Faults of a boundary table in the words of officers: every one that can come."""

import re
from pathlib import Path

from fangpin.domain.policy import coverage
from fangpin.domain.policy.proving import in_chinese


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
