"""unemployment: a person who is out of work, or whose work is not stable."""

from fangpin.domain.feeds.base import Feed, Field

UNEMPLOYMENT = Feed(
    slug="unemployment",
    title="失业与未复工",
    departments=("human-resources",),
    risk="unemployment",
    own_date="last_worked_on",
    natural_key=("id_number", "last_worked_on"),
    fields=(
        Field(
            "situation",
            "情形",
            "enum",
            symbols=("not-resumed", "returned-unemployed", "unstable"),
            labels={"未复工": "not-resumed", "返乡未就业": "returned-unemployed", "就业不稳定": "unstable"},
            doc="Situation of the person",
        ),
        Field("migrant", "原外出务工", "bool", doc="Worked away from home before"),
        Field("last_worked_on", "末次务工日期", "date", doc="Last day of work; the date of the fact"),
        Field("resumed_on", "复工日期", "until", required=False, doc="Day on which work was taken up again"),
        Field("reason", "原因", "text", required=False, doc="Reason"),
    ),
)
