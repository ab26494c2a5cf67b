"""epidemic-area: an area in which a public-health emergency was declared; of a person or household only if it says so."""

from fangpin.domain.feeds.base import Feed, Field, in_order

EPIDEMIC_AREA = Feed(
    slug="epidemic-area",
    title="突发公共卫生事件区域",
    departments=("health",),
    risk="epidemic",
    own_date="from",
    natural_key=("village_code", "from"),
    subject="optional",
    role="county",
    area_field="village_code",
    fields=(
        Field("village_code", "行政区划代码", "area", pattern=r"[0-9]{9}|[0-9]{12}", doc="Township or village"),
        Field("name", "事件", "text", limit=200, doc="The event"),
        Field("from", "开始日期", "date", doc="First day; the date of the record"),
        Field("until", "结束日期", "until", required=False, doc="Last day"),
    ),
    check=in_order("from", "until"),
)
