"""clock: that the civil date has come in a county. Deadlines come true by it, so that a replay gives the same."""

from datetime import timedelta

from fangpin.domain.feeds.base import Feed, Field

LONGEST_STEP = timedelta(days=31)  # a longer jump of the date needs a person's confirmation

CLOCK = Feed(
    slug="clock",
    title="日历",
    departments=("hub",),
    risk=None,
    own_date="date",
    natural_key=("county_code", "date"),
    subject="none",
    role="clock",
    future_own_date=True,
    fields=(
        Field("date", "日期", "until", doc="The civil date in Asia/Shanghai"),
        Field("confirmed", "已确认", "bool", required=False, default=False, doc="Confirms a jump of more than 31 days"),
    ),
)
