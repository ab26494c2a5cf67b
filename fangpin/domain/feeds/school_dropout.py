"""school-dropout: a child who left compulsory schooling."""

from fangpin.domain.feeds.base import Feed, Field, in_order

STAGES = {"小学": "primary", "初中": "junior"}

SCHOOL_DROPOUT = Feed(
    slug="school-dropout",
    title="义务教育辍学",
    departments=("education",),
    risk="schooling",
    own_date="left_on",
    natural_key=("id_number", "left_on"),
    fields=(
        Field("stage", "学段", "enum", symbols=("primary", "junior"), labels=STAGES, doc="Stage of schooling"),
        Field("school", "学校", "text", limit=200, doc="Name of the school"),
        Field("left_on", "辍学日期", "date", doc="Day on which the child left; the date of the fact"),
        Field("returned_on", "复学日期", "until", required=False, doc="Day on which the child came back"),
    ),
    check=in_order("left_on", "returned_on"),
)
