"""nil-return: "nothing this month" (零报告): a department says that a feed had nothing, which clears the calendar."""

from collections.abc import Iterable

from fangpin.domain.feeds.base import Feed, Field, every_department


def nil_return(feeds: Iterable[Feed]) -> Feed:
    """The feed, over those of which nothing can be returned."""
    titles = {feed.title: feed.slug for feed in feeds if feed.reported}
    return Feed(
        slug="nil-return",
        title="零报告",
        departments=every_department("rural-revitalisation"),
        risk=None,
        own_date="declared_on",
        natural_key=("department", "of_feed", "month"),
        subject="none",
        role="county",
        declares_nothing=True,
        fields=(
            Field(
                "of_feed",
                "报送事项",
                "enum",
                symbols=tuple(titles.values()),
                labels=titles,
                growing=True,
                doc="The feed of which there was nothing",
            ),
            Field("month", "月份", "month", doc="The month"),
            Field("declared_on", "申报日期", "date", doc="Day of the declaration; the date of the record"),
            Field("declared_by", "申报人", "text", limit=100, doc="Who declared it"),
        ),
    )
