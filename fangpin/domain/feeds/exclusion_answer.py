"""exclusion-answer: a department's answer on one of the ten situations (双江 2021 附件2); evidence, never a rejection."""

from fangpin.domain.feeds.base import Feed, Field, every_department

SITUATIONS = {
    "国家公职人员": "1",
    "村三委干部": "2",
    "消费型汽车": "3",
    "城镇房产": "4",
    "注册公司企业": "5",
    "种养大户或雇工经营": "6",
    "故意分户并户": "7",
    "空挂户": "8",
    "死亡服刑失踪或不共享收支": "9",
    "失信惩戒": "10",
}
ANSWERS = {"无": "clear", "有": "hit", "待核": "unknown"}

EXCLUSION_ANSWER = Feed(
    slug="exclusion-answer",
    title="排除情形核查",
    departments=every_department("rural-revitalisation"),
    risk=None,
    own_date="answered_on",
    natural_key=("household_no", "situation"),
    fields=(
        Field("situation", "情形", "int", least=1, limit=10, labels=SITUATIONS, doc="The situation, 1 to 10"),
        Field("answer", "核查结果", "enum", symbols=tuple(ANSWERS.values()), labels=ANSWERS, doc="The answer"),
        Field("detail", "说明", "text", required=False, doc="Detail"),
        Field("person_only", "仅限个人", "bool", required=False, doc="Of situation 9: concerns the person alone"),
        Field("answered_on", "核查日期", "date", doc="Day of the answer; the date of the fact"),
    ),
)
