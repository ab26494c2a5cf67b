"""drinking-water: whether a household's water meets the four indicators (双江 2021 四（四）)."""

from fangpin.domain.feeds.base import Feed, Field, in_order

MEETS = {"达标": "true", "不达标": "false"}

DRINKING_WATER = Feed(
    slug="drinking-water",
    title="饮水安全",
    departments=("water",),
    risk="water",
    own_date="found_on",
    natural_key=("household_no", "found_on"),
    fields=(
        Field("quality", "水质", "bool", labels=MEETS, doc="Quality meets the standard"),
        Field("quantity", "水量", "bool", labels=MEETS, doc="Quantity meets the standard"),
        Field("convenience", "取水方便程度", "bool", labels=MEETS, doc="Ease of fetching meets the standard"),
        Field("reliability", "供水保证率", "bool", labels=MEETS, doc="Reliability meets the standard"),
        Field("found_on", "发现日期", "date", doc="Day on which it was found; the date of the fact"),
        Field("restored_on", "恢复日期", "until", required=False, doc="Day on which supply was restored"),
    ),
    check=in_order("found_on", "restored_on"),
)
