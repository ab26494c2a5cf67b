"""house-defect: a defect of a house that was found on a patrol or in a review; not a grading."""

from fangpin.domain.feeds.base import Feed, Field

DEFECTS = {"漏雨": "leaking", "透风": "draughty", "存在安全隐患": "unsafe", "其他": "other", "安全隐患": "unsafe"}

HOUSE_DEFECT = Feed(
    slug="house-defect",
    title="住房隐患",
    departments=("housing", "village"),
    risk="housing",
    own_date="found_on",
    natural_key=("house_no", "found_on"),
    fields=(
        Field("house_no", "房屋编号", "text", limit=64, doc="The department's number of the house"),
        Field(
            "defect",
            "隐患",
            "enum",
            symbols=("leaking", "draughty", "unsafe", "other"),
            labels=DEFECTS,
            doc="The defect",
        ),
        Field("found_on", "发现日期", "date", doc="Day on which it was found; the date of the fact"),
        Field("renovation", "符合危改条件", "bool", required=False, doc="Qualifies for renovation"),
    ),
)
