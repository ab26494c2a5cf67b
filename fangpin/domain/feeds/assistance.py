"""assistance: social assistance that a person or household receives; a fact without a risk, which rules look up."""

from fangpin.domain.feeds.base import INCOME_LIMIT, Feed, Field, in_order

KINDS = {"低保": "subsistence", "特困供养": "destitute", "临时救助": "temporary", "特困": "destitute"}

ASSISTANCE = Feed(
    slug="assistance",
    title="社会救助",
    departments=("civil-affairs",),
    risk=None,
    tells_aid=True,
    own_date="from",
    natural_key=("id_number|household_no", "kind", "from"),
    fields=(
        Field(
            "kind",
            "救助类别",
            "enum",
            symbols=("subsistence", "destitute", "temporary"),
            labels=KINDS,
            doc="Kind of assistance",
        ),
        Field("from", "开始日期", "date", doc="First day; the date of the fact"),
        Field("until", "结束日期", "until", required=False, doc="Last day"),
        Field("amount", "金额", "money", required=False, limit=INCOME_LIMIT, doc="Amount, yuan"),
    ),
    check=in_order("from", "until"),
)
