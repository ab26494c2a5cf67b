"""crime-victim: what a crime did to a person."""

from fangpin.domain.feeds.base import Feed, Field
from fangpin.domain.feeds.vocabulary import INJURIES, slugs

CRIME_VICTIM = Feed(
    slug="crime-victim",
    title="刑事案件受害",
    departments=("public-security",),
    risk="accident",
    own_date="happened_on",
    natural_key=("id_number", "happened_on"),
    fields=(
        Field("outcome", "伤亡情况", "enum", symbols=slugs(INJURIES), labels=INJURIES, doc="What became of the person"),
        Field("happened_on", "案发日期", "date", doc="Day of the crime; the date of the fact"),
        Field("key_labour", "重要劳动力", "bool", doc="Main earner of the household"),
    ),
)
