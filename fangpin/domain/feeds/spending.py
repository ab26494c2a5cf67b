"""spending: a household's rigid spending of a year beside its income of the year before."""

from fangpin.domain.feeds.base import INCOME_LIMIT, Feed, Field

SPENDING = Feed(
    slug="spending",
    title="家庭刚性支出",
    departments=("township",),
    risk="income",
    own_date="surveyed_on",
    natural_key=("household_no", "year"),
    fields=(
        Field("year", "年度", "year", doc="The year"),
        Field("medical", "医疗支出", "money", limit=INCOME_LIMIT, doc="Medical, yuan"),
        Field("education", "教育支出", "money", limit=INCOME_LIMIT, doc="Education, yuan"),
        Field("housing", "住房支出", "money", limit=INCOME_LIMIT, doc="Housing, yuan"),
        Field("other_rigid", "其他刚性支出", "money", limit=INCOME_LIMIT, doc="Other rigid spending, yuan"),
        Field(
            "last_year_income",
            "上年度家庭收入",
            "money",
            limit=INCOME_LIMIT,
            doc="The household's income of the year before, yuan",
        ),
        Field("surveyed_on", "采集日期", "date", doc="Day of the survey; the date of the fact"),
    ),
)
