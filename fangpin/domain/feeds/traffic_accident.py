"""traffic-accident: what a road accident did to a person."""

from fangpin.domain.feeds.base import Feed, Field
from fangpin.domain.feeds.vocabulary import INJURIES, slugs

TRAFFIC_ACCIDENT = Feed(
    slug="traffic-accident",
    title="交通事故",
    departments=("public-security",),
    risk="accident",
    own_date="happened_on",
    natural_key=("id_number", "happened_on"),
    fields=(
        Field("outcome", "伤亡情况", "enum", symbols=slugs(INJURIES), labels=INJURIES, doc="What became of the person"),
        Field("happened_on", "事故日期", "date", doc="Day of the accident; the date of the fact"),
        Field("key_labour", "重要劳动力", "bool", required=False, doc="Main earner of the household"),
    ),
)
