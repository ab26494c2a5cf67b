"""income: a household's income over a span of months, by the codes of the survey form (翁源 2020 附件2)."""

from decimal import Decimal

from fangpin.domain.feeds.base import INCOME_LIMIT, Feed, Field, in_order

MAX_MEMBERS = 60


def _item(name: str, column: str, doc: str) -> Field:
    zero = Decimal("0.00")
    return Field(name, column, "money", required=False, default=zero, limit=INCOME_LIMIT, doc=f"{doc}, yuan")


INCOME = Feed(
    slug="income",
    title="家庭收入",
    departments=("township", "statistics"),
    risk="income",
    of_a_period=True,
    own_date="surveyed_on",
    natural_key=("household_no", "period_from", "period_to"),
    fields=(
        Field("period_from", "起始月", "month", doc="First month of the period"),
        Field("period_to", "截止月", "month", doc="Last month of the period, included"),
        Field("members", "家庭人口", "int", least=1, limit=MAX_MEMBERS, doc="Members of the household"),
        _item("wage", "C1工资性收入", "Wages"),
        _item("business", "C2经营性收入", "From production and business"),
        _item("asset_dividend", "C3-1", "Dividends of shared assets"),
        _item("other_property", "C3-2", "Other income from property"),
        _item("family_planning", "C4-1", "Family planning grant"),
        _item("subsistence", "C4-2", "Subsistence allowance"),
        _item("destitute", "C4-3", "Support of the destitute"),
        _item("pension", "C4-4", "Pensions"),
        _item("eco_compensation", "C4-5", "Ecological compensation"),
        _item("other_transfer", "C4-6", "Other transfers"),
        _item("business_cost", "C5经营性支出", "Cost of production and business"),
        Field(
            "expected_rest",
            "预计余下月份收入",
            "money",
            required=False,
            limit=INCOME_LIMIT,
            doc="The household's expected income of the year's other months, yuan",
        ),
        Field("livelihood_unstable", "产业就业不稳定", "bool", required=False, doc="Trade or employment is not stable"),
        Field("surveyed_on", "采集日期", "date", doc="Day of the survey; the date of the fact"),
    ),
    check=in_order("period_from", "period_to"),
)
