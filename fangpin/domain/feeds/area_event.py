"""area-event: what threatens many households of an area at once (双江 2021 二（四）): the watch for mass return."""

from fangpin.domain.feeds.base import Feed, Field, every_department, in_order

KINDS = {
    "农产品价格下滑": "price-fall",
    "失业增多": "layoffs",
    "项目失败": "project-failure",
    "气象灾害": "weather",
    "地震": "earthquake",
    "地质灾害": "geological",
    "森林草原火灾": "forest-fire",
    "生物灾害": "biological",
    "疫情": "epidemic",
    "安置区风险": "resettlement",
    "气象": "weather",
    "地质": "geological",
    "森林火灾": "forest-fire",
}

AREA_EVENT = Feed(
    slug="area-event",
    title="区域性风险事件",
    departments=every_department("rural-revitalisation"),
    risk=None,
    own_date="from",
    natural_key=("kind", "area_code", "from"),
    subject="none",
    role="county",
    area_field="area_code",
    fields=(
        Field(
            "kind",
            "事件类别",
            "enum",
            symbols=(
                "price-fall",
                "layoffs",
                "project-failure",
                "weather",
                "earthquake",
                "geological",
                "forest-fire",
                "biological",
                "epidemic",
                "resettlement",
            ),
            labels=KINDS,
            doc="Kind of event",
        ),
        Field(
            "area_code",
            "行政区划代码",
            "area",
            pattern=r"[0-9]{6}|[0-9]{9}|[0-9]{12}",
            doc="County, township or village",
        ),
        Field("from", "开始日期", "date", doc="First day; the date of the record"),
        Field("until", "结束日期", "until", required=False, doc="Last day"),
        Field("text", "说明", "text", doc="What happened"),
    ),
    check=in_order("from", "until"),
)
