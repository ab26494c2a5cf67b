"""employment-need: what a person out of work wants and was given in a month; service follow-up, no risk."""

from fangpin.domain.feeds.base import Feed, Field

WANTS = {"就业": "job", "培训": "training", "就业和培训": "both", "岗位": "job", "均需要": "both"}

EMPLOYMENT_NEED = Feed(
    slug="employment-need",
    title="就业需求与服务",
    departments=("human-resources", "township"),
    risk=None,
    own_date="occurred_on",
    natural_key=("id_number", "month"),
    fields=(
        Field("month", "月份", "month", doc="The month"),
        Field("wants", "需求", "enum", symbols=("job", "training", "both"), labels=WANTS, doc="What the person wants"),
        Field("guided", "就业指导次数", "int", limit=1000, doc="Times that guidance was given"),
        Field("trained", "培训次数", "int", limit=1000, doc="Times that training was given"),
        Field("offers", "推荐岗位数", "int", limit=1000, doc="Posts that were offered"),
    ),
)
