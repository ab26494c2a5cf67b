"""A pack proved by its boundary table: every case holds, and none that the pack calls for is missing."""

import re
from collections.abc import Iterator

import msgspec

from fangpin.domain.errors import Refused
from fangpin.domain.policy.book import PackBook
from fangpin.domain.policy.cases import Case, CaseTable, Specimens, Tried, try_cases
from fangpin.domain.policy.coverage import coverage_faults
from fangpin.domain.policy.pack import Pack, PackError

# The words of coverage.py for officers, who propose packs.
_WORDS = (
    (r"no case just below its line", "缺少刚低于界线（差 0.01 元）的案例"),
    (r"no case at its line", "缺少恰好等于界线的案例"),
    (r"no case just above its line", "缺少刚高于界线（多 0.01 元）的案例"),
    (r"no case in which it is met", "缺少符合条件的案例"),
    (r"no case in which “(.+)” holds", r"缺少 \1 成立的案例"),
    (r"no case in which “(.+)” does not hold", r"缺少 \1 不成立的案例"),
    (r"no case with the income of (\d+)", r"缺少 \1 年收入的案例"),
    (r"no case with (\S+) on the day before it is met, and on the day", r"缺少 \1 在期满前一日和期满当日的案例"),
    (r"no case with (\S+) (\S+)", r"缺少 \1 为 \2 的案例"),
    (r"no case in which (\S+) is unknown", r"缺少 \1 不明的案例"),
    (r"no household of the kind .* meets it", "有一类农户缺少符合条件的案例"),
    (r"no household that is of no such kind", "缺少不属于所列各类农户的案例"),
    (r"no household that receives the allowance", "缺少享受低保的案例"),
    (r"no case as of the day before it is met, and the day on which it is", "缺少期满前一日和期满当日的案例"),
    (r"case (.*): met, the table says otherwise", r"案例（\1）判断为符合，与案例表不一致"),
    (r"case (.*): not met, the table says otherwise", r"案例（\1）判断为不符合，与案例表不一致"),
    (r"case (.*): without the note (.*)", r"案例（\1）没有提示 \2"),
    (r"(\S+): no valid record: (.*)", r"\1 的案例不是有效的记录：\2"),
    (r"no case on (\S+), at the edge of .*, that is met", r"缺少 \1 当日符合条件的案例"),
    (r"no case on (\S+), at the edge of .*, that is not met", r"缺少 \1 当日不符合条件的案例"),
)


def case_faults(pack: Pack, table: CaseTable, book: PackBook, specimens: Specimens) -> Iterator[str]:
    """What does not hold, then what no case tries: `rule: what`, or of the pack's own days. Raises `PackError` for a stray rule."""
    tried: list[Tried] = []
    for rule, cases in table.cases.items():
        for case in cases:
            alone = msgspec.structs.replace(table, cases={rule: (case,)})
            try:
                tried += try_cases(pack, alone, book, specimens)
            except Refused as refused:
                yield f"{rule}: {case.day or table.day}: no valid record: {refused.worst.message}"
    for one in tried:
        fault = one.fault()
        if fault is not None:
            yield f"{one.rule.id}: case {_told(one.case, table)}: {fault}"
    yield from coverage_faults(pack, tried)


def _told(case: Case, table: CaseTable) -> str:
    """Which case of its rule it is: its day, and what it says of the fact and the household."""
    given = {**case.fact, **case.household, **({"as of": case.as_of} if case.as_of is not None else {})}
    return ", ".join([str(case.day or table.day), *(f"{name} {value}" for name, value in given.items())])


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
    told = "；".join(in_chinese(one) for one in found[:3])
    more = f"；共 {len(found)} 处" if len(found) > 3 else ""
    return f"边界案例表没有通过：{told}{more}。请补齐案例或更正后重新提出。"


def in_chinese(fault: str) -> str:
    """A fault as an officer reads it."""
    rule, _, what = fault.partition(": ")
    for pattern, words in _WORDS:
        for whole, before in ((fault, ""), (what, f"规则 {rule}：")):
            match = re.fullmatch(pattern, whole)
            if match is not None:
                return before + match.expand(words)
    return fault
