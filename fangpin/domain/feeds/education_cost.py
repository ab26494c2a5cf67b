"""education-cost: a student beyond compulsory schooling, and whether the self-paid cost is a heavy burden."""

from fangpin.domain.feeds.base import BILL_LIMIT, Feed, Field

STAGES = {
    "普通高中": "senior",
    "中职": "vocational",
    "大专": "college",
    "本科": "university",
    "普高": "senior",
    "高中": "senior",
    "中等职业教育": "vocational",
    "高职": "college",
    "大学": "university",
}
SCHOOL_KINDS = {"公办": "public", "民办": "private", "沿海公办": "coastal-public", "私立": "private"}

EDUCATION_COST = Feed(
    slug="education-cost",
    title="非义务教育支出",
    departments=("education",),
    risk="schooling",
    own_date="reported_on",
    natural_key=("id_number", "school", "school_year"),
    fields=(
        Field(
            "stage",
            "学段",
            "enum",
            symbols=("senior", "vocational", "college", "university"),
            labels=STAGES,
            doc="Stage of schooling",
        ),
        Field("school", "学校", "text", limit=200, doc="Name of the school"),
        Field(
            "school_kind",
            "学校类别",
            "enum",
            symbols=("public", "private", "coastal-public"),
            labels=SCHOOL_KINDS,
            doc="Who runs the school",
        ),
        Field("self_paid", "自费金额", "money", required=False, limit=BILL_LIMIT, doc="Self-paid in the year, yuan"),
        Field("burden_high", "自费过高", "bool", doc="The department's own judgement: too much for the family"),
        Field("school_year", "学年", "text", limit=20, doc="The school year, e.g. 2021-2022"),
        Field("reported_on", "报送日期", "date", doc="Day of the list; the date of the fact"),
    ),
)
