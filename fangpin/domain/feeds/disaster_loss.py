"""disaster-loss: what a disaster did to a household."""

from fangpin.domain.feeds.base import LOSS_LIMIT, Feed, Field

HAZARDS = {
    "洪涝": "flood",
    "干旱": "drought",
    "滑坡": "landslide",
    "泥石流": "debris-flow",
    "地震": "earthquake",
    "冰雹": "hail",
    "大风": "wind",
    "雪灾": "snow",
    "低温冷冻": "frost",
    "火灾": "fire",
    "其他": "other",
}
DAMAGES = {
    "房屋倒塌": "house-collapsed",
    "房屋损坏": "house-damaged",
    "农作物受灾": "crop",
    "牲畜损失": "livestock",
    "财产损失": "property",
    "人员伤亡": "casualty",
    "人员失踪": "missing",
}

DISASTER_LOSS = Feed(
    slug="disaster-loss",
    title="灾害损失",
    departments=("emergency",),
    risk="disaster",
    own_date="struck_on",
    natural_key=("household_no|id_number", "hazard", "struck_on"),
    fields=(
        Field("hazard", "灾种", "enum", symbols=tuple(HAZARDS.values()), labels=HAZARDS, doc="Kind of disaster"),
        Field("damage", "受灾情况", "enum_list", symbols=tuple(DAMAGES.values()), labels=DAMAGES, doc="What it did"),
        Field("loss_amount", "损失金额", "money", required=False, limit=LOSS_LIMIT, doc="Loss, yuan"),
        Field("deaths", "死亡人数", "int", limit=100, doc="Dead of the household"),
        Field("missing", "失踪人数", "int", limit=100, doc="Missing of the household"),
        Field("severe", "重灾户", "bool", doc="Named a severely hit household"),
        Field("struck_on", "受灾日期", "date", doc="Day of the disaster; the date of the fact"),
    ),
)
