"""suspected-household: a household that a department's screening, the media or a petition names (翁源 2020 二（三）2)."""

from fangpin.domain.feeds.base import Feed, Field, every_department
from fangpin.domain.feeds.vocabulary import CHANNELS, RISKS, slugs

SUSPECTED_HOUSEHOLD = Feed(
    slug="suspected-household",
    title="疑似返贫致贫风险家庭",
    departments=every_department("rural-revitalisation"),
    risk=None,
    risk_field="risk",
    own_date="found_on",
    natural_key=("household_no|id_number", "risk", "month"),
    fields=(
        Field("risk", "风险类型", "enum", symbols=slugs(RISKS), labels=RISKS, doc="The risk"),
        Field("reason", "情况说明", "text", doc="What was found"),
        Field("month", "月份", "month", doc="The month of the list"),
        Field("found_on", "筛查日期", "date", doc="Day of the screening; the date of the fact"),
        Field(
            "channel",
            "渠道",
            "enum",
            required=False,
            symbols=slugs(CHANNELS),
            labels=CHANNELS,
            growing=True,
            doc="By which channel, when not by the department's own screening",
        ),
    ),
)
