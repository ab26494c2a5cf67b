"""industry-loss: a household's project of planting, breeding or trade that was hit or failed."""

from fangpin.domain.feeds.base import LOSS_LIMIT, Feed, Field

CAUSES = {
    "病虫害": "pest",
    "干旱": "drought",
    "泥石流": "debris-flow",
    "市场": "market",
    "技术": "technical",
    "其他": "other",
    "市场原因": "market",
    "技术原因": "technical",
}
OUTCOMES = {"受影响": "affected", "绝收": "total-loss", "项目失败": "project-failed"}

INDUSTRY_LOSS = Feed(
    slug="industry-loss",
    title="产业受损",
    departments=("agriculture",),
    risk="business-failure",
    own_date="found_on",
    natural_key=("household_no", "project", "found_on"),
    fields=(
        Field("project", "产业项目", "text", limit=200, doc="The project"),
        Field(
            "cause",
            "原因",
            "enum",
            symbols=("pest", "drought", "debris-flow", "market", "technical", "other"),
            labels=CAUSES,
            doc="What caused it",
        ),
        Field("outcome", "结果", "enum", symbols=tuple(OUTCOMES.values()), labels=OUTCOMES, doc="What became of it"),
        Field("loss_amount", "损失金额", "money", required=False, limit=LOSS_LIMIT, doc="Loss, yuan"),
        Field("found_on", "发现日期", "date", doc="Day on which it was found; the date of the fact"),
    ),
)
