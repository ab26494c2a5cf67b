"""What a trial found, as the lines and sheets that people read: the summary, households × risks, work a village and month."""

from collections import Counter
from datetime import date

from fangpin.areas import area_name
from fangpin.domain.policy import Pack
from services.sandbox import workbook
from services.sandbox.replaying import Outcome

CHANGES = {"appears": "新增", "disappears": "消失"}
CHANGE_COLUMNS = ("村", "村代码", "户编号", "风险", "变化", "起始日期", "政策包", "规则", "依据条数")
LOAD_COLUMNS = ("村", "村代码", "月份", "现行政策", "草案", "增减")
VILLAGE_COLUMNS = ("村", "村代码", "风险", "变化", "户数")


LABELS = {
    "draft": "草案",
    "county_code": "县区代码",
    "on": "截至日期",
    "records": "推演记录数",
    "opened": "其中规则有变、重新判断的",
    "households": "涉及户数",
    "shredded": "密钥已销毁、未参与的记录",
    "appears": "新增（户×风险）",
    "disappears": "消失（户×风险）",
    "kept": "不变（户×风险）",
    "redated": "其中起始日期不同",
    "records_per_second": "每秒记录数",
}


def about(pack: Pack, day: date, outcome: Outcome) -> dict[str, str | int]:
    """The summary, in the order in which it is shown."""
    found = outcome.comparison
    return {
        "draft": pack.id,
        "county_code": pack.county_code,
        "on": day.isoformat(),
        "records": outcome.records,
        "opened": outcome.opened,
        "households": outcome.households,
        "shredded": outcome.shredded,
        "appears": found.count("appears"),
        "disappears": found.count("disappears"),
        "kept": found.kept,
        "redated": found.redated,
        "records_per_second": round(outcome.records_per_second),
    }


def change_rows(pack: Pack, outcome: Outcome) -> list[tuple[workbook.Cell, ...]]:
    """A line a household × risk that only one side has."""
    return [
        (
            area_name(one.village_code, {}),
            one.village_code,
            one.household_no,
            pack.risk_labels.get(one.risk, one.risk),
            CHANGES[one.change],
            one.since.isoformat(),
            one.pack,
            "、".join(one.rules),
            one.records,
        )
        for one in outcome.comparison.in_order()
    ]


def load_rows(outcome: Outcome) -> list[tuple[workbook.Cell, ...]]:
    """A line a village and month with work on either side."""
    return [
        (
            area_name(one.village_code, {}),
            one.village_code,
            one.month,
            one.in_force,
            one.draft,
            one.draft - one.in_force,
        )
        for one in outcome.comparison.workload()
    ]


def village_rows(pack: Pack, outcome: Outcome) -> list[tuple[workbook.Cell, ...]]:
    """The changes counted by village and risk, for those who are not to see households."""
    counted = Counter((one.village_code, one.risk, one.change) for one in outcome.comparison.changes)
    return [
        (area_name(village, {}), village, pack.risk_labels.get(risk, risk), CHANGES[change], count)
        for (village, risk, change), count in sorted(counted.items())
    ]


def sheets(pack: Pack, day: date, outcome: Outcome, *, households: bool) -> list[workbook.Sheet]:
    """The workbook's sheets; without `households` the changes are counted by village."""
    summary = [(LABELS[name], value) for name, value in about(pack, day, outcome).items()]
    changes: workbook.Sheet = ("按村", VILLAGE_COLUMNS, village_rows(pack, outcome))
    if households:
        changes = ("户与风险", CHANGE_COLUMNS, change_rows(pack, outcome))
    return [("概要", ("项目", "值"), summary), changes, ("工作量", LOAD_COLUMNS, load_rows(outcome))]
