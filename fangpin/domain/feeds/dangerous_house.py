"""dangerous-house: the grading of a house."""

from fangpin.domain.feeds.base import Feed, Field

DANGEROUS_HOUSE = Feed(
    slug="dangerous-house",
    title="危房认定",
    departments=("housing",),
    risk="housing",
    own_date="graded_on",
    natural_key=("house_no", "graded_on"),
    fields=(
        Field("house_no", "房屋编号", "text", limit=64, doc="The department's number of the house"),
        Field(
            "grade",
            "危房等级",
            "enum",
            symbols=("A", "B", "C", "D"),
            labels={label: grade for grade in "ABCD" for label in (f"{grade}级", f"{grade.lower()}级", grade.lower())},
            doc="Grade of danger",
        ),
        Field("cause", "原因", "text", required=False, doc="Cause of the damage"),
        Field("graded_on", "认定日期", "date", doc="Day of grading; the date of the fact"),
    ),
)
