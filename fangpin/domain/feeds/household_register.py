"""household-register: one household as it is from `occurred_on` on. In a file, one row a member."""

from fangpin.domain.feeds.base import Feed, Field
from fangpin.domain.feeds.numbers import no_identity_number
from fangpin.domain.feeds.vocabulary import slugs

CLASSES = {"脱贫户": "out-of-poverty", "普通农户": "ordinary"}
MONITORED = {"无": "none", "脱贫不稳定户": "unstable", "边缘易致贫户": "marginal", "突发严重困难户": "hardship"}
MEMBER_FIELDS = (
    Field("id_number", "成员身份证号", "id", doc="Identity number"),
    Field("name", "成员姓名", "text", limit=100, doc="Name"),
    Field("relation", "与户主关系", "text", limit=50, doc="Relation to the head of the household"),
    Field("joined_on", "加入日期", "member_date", doc="First day in the household"),
    Field("left_on", "迁出日期", "member_date", required=False, doc="First day no longer in it"),
    Field("shares_income", "共享收支", "bool", required=False, default=True, doc="Shares income and expense"),
    Field("died_on", "死亡日期", "member_date", required=False, doc="Day of death"),
)

HOUSEHOLD_REGISTER = Feed(
    slug="household-register",
    title="农户登记",
    departments=("rural-revitalisation", "public-security"),
    risk=None,
    own_date="occurred_on",
    natural_key=("household_no", "occurred_on"),
    subject="household",
    role="register",
    fields=(
        Field("household_no", "户编号", "text", limit=64, doc="Number of the household"),
        Field("village_code", "行政村代码", "code", pattern=r"[0-9]{12}", doc="Village, 12 digits"),
        Field("grid", "网格", "text", required=False, limit=100, doc="Grid within the village"),
        Field("class", "户类型", "enum", symbols=slugs(CLASSES), labels=CLASSES, doc="Class of the household"),
        Field("monitored", "监测类型", "enum", symbols=slugs(MONITORED), labels=MONITORED, doc="Monitored as"),
        Field("marginal_2019", "2019年边缘易致贫户", "bool", required=False, default=False, doc="Marginal in 2019"),
        Field("resident", "常住", "bool", doc="Lives in the village"),
        Field("has_labour", "有劳动能力", "bool", doc="Has labour"),
        Field("on_subsistence_allowance", "享受低保", "bool", doc="Receives the subsistence allowance"),
        Field("phone", "联系电话", "text", required=False, limit=30, doc="Telephone; sealed"),
        Field("members", "成员", "members", doc="The members"),
    ),
    check=no_identity_number({"household_no": "户编号"}),
)
