"""forest-damage: a household's forest hit by pest or fire."""

from decimal import Decimal

from fangpin.domain.feeds.base import LOSS_LIMIT, Feed, Field

HAZARDS = {"林业有害生物": "pest", "森林火灾": "forest-fire", "病虫害": "pest"}

FOREST_DAMAGE = Feed(
    slug="forest-damage",
    title="林业灾害",
    departments=("forestry",),
    risk="disaster",
    own_date="found_on",
    natural_key=("household_no", "hazard", "found_on"),
    fields=(
        Field("hazard", "灾害", "enum", symbols=("pest", "forest-fire"), labels=HAZARDS, doc="Kind of damage"),
        Field("area_mu", "面积（亩）", "quantity", required=False, limit=Decimal(1000000), unit="亩", doc="Area, mu"),
        Field("loss_amount", "损失金额", "money", required=False, limit=LOSS_LIMIT, doc="Loss, yuan"),
        Field("found_on", "发现日期", "date", doc="Day on which it was found; the date of the fact"),
    ),
)
