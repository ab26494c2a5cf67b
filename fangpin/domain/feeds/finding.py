"""finding: what a village found when it verified a warning."""

from fangpin.domain.feeds.base import Feed, Field

RESULTS = {
    "属实": "confirmed",
    "不属实": "not-confirmed",
    "已帮扶": "already-helped",
    "非本村": "not-resident",
    "数据有误": "false-data",
}

FINDING = Feed(
    slug="finding",
    title="核实结果",
    departments=("village",),
    risk=None,
    own_date="visited_on",
    natural_key=("warning_id", "visited_on"),
    subject="none",
    role="finding",
    fields=(
        Field("warning_id", "预警编号", "uuid", doc="The warning"),
        Field("result", "核实结果", "enum", symbols=tuple(RESULTS.values()), labels=RESULTS, doc="Result"),
        Field("visited_on", "走访日期", "date", doc="Day of the visit"),
        Field("note", "说明", "text", required=False, doc="Note; sealed"),
        Field("found_by", "核实人", "text", required=False, limit=100, hub_filled=True, doc="The officer's name"),
    ),
)
