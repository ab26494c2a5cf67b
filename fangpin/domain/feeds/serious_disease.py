"""serious-disease: a newly diagnosed serious disease of a person."""

from fangpin.domain.feeds.base import Feed, Field

SERIOUS_DISEASE = Feed(
    slug="serious-disease",
    title="重大疾病",
    departments=("health",),
    risk="illness",
    own_date="diagnosed_on",
    natural_key=("id_number", "disease"),
    fields=(
        Field("disease", "病种", "text", limit=200, hidden=True, doc="The disease; a diagnosis, shown on no page"),
        Field("listed", "是否30种大病", "bool", doc="One of the thirty listed diseases"),
        Field("diagnosed_on", "确诊日期", "date", doc="Day of the diagnosis; the date of the fact"),
    ),
)
