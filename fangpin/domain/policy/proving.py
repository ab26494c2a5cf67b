"""A pack proved by its boundary table: every case holds, and none that the pack calls for is missing."""

from collections.abc import Iterator

import msgspec

from fangpin.domain.errors import Refused
from fangpin.domain.policy.book import PackBook
from fangpin.domain.policy.cases import Case, CaseTable, Specimens, Tried, try_cases
from fangpin.domain.policy.coverage import coverage_faults
from fangpin.domain.policy.pack import Pack, PackError


def case_faults(pack: Pack, table: CaseTable, book: PackBook, specimens: Specimens) -> Iterator[str]:
    """What does not hold, then what no case tries, in Chinese. Raises `PackError` for a stray rule."""
    tried: list[Tried] = []
    for rule, cases in table.cases.items():
        for case in cases:
            alone = msgspec.structs.replace(table, cases={rule: (case,)})
            try:
                tried += try_cases(pack, alone, book, specimens)
            except Refused as refused:
                yield f"规则 {rule}：{case.day or table.day} 的案例不是有效的记录：{refused.worst.message}"
    for one in tried:
        fault = one.fault()
        if fault is not None:
            yield f"规则 {one.rule.id}：案例（{_told(one.case, table)}）{fault}"
    yield from coverage_faults(pack, tried)


def _told(case: Case, table: CaseTable) -> str:
    """Which case of its rule it is: its day, and what it says of the fact and the household."""
    given = {**case.fact, **case.household, **({"截至": case.as_of} if case.as_of is not None else {})}
    return "，".join([str(case.day or table.day), *(f"{name} {value}" for name, value in given.items())])


def table_fault(pack: Pack, table: CaseTable, book: PackBook, specimens: Specimens) -> str | None:
    """Why the table does not prove the pack, in Chinese: the first faults, and how many there are."""
    if table.pack != pack.id:
        return f"边界案例表是政策包 {table.pack} 的，不是 {pack.id} 的。"
    try:
        found = list(case_faults(pack, table, book, specimens))
    except (PackError, KeyError, ValueError, OverflowError) as error:
        return f"边界案例表不能使用：{error}。"
    if not found:
        return None
    told = "；".join(found[:3])
    more = f"；共 {len(found)} 处" if len(found) > 3 else ""
    return f"边界案例表没有通过：{told}{more}。请补齐案例或更正后重新提出。"
