"""Faults of a boundary table in the words of officers: every one that can come."""

import ast
import re
from datetime import date
from pathlib import Path

import msgspec
import pytest

from fangpin.domain.policy import Pack, PackBook, coverage, wording
from fangpin.domain.policy.cases import CaseTable
from fangpin.domain.policy.proving import case_faults, table_fault
from fangpin.policies import load_cases, load_specimens, own_packs

SOURCES = [*Path(coverage.__file__).parent.glob("*_faults.py"), *map(Path, (coverage.__file__, wording.__file__))]


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.stem)
def test_no_fault_is_in_english(source: Path) -> None:
    """Every text that is yielded has Chinese in it, beside the names of fields."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    yielded = [one.value for one in ast.walk(tree) if isinstance(one, ast.Yield)]
    texts = [one for one in yielded if isinstance(one, ast.JoinedStr | ast.Constant)]
    assert len(texts) >= 4
    for one in texts:
        assert re.search("[\u4e00-\u9fff：]", ast.unparse(one)), ast.unparse(one)


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
    return "；".join(case_faults(pack, table, PackBook([pack]), load_specimens()))
