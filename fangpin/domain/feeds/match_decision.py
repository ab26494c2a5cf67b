"""match-decision: a county's officer decides to which household a record belongs; withdrawn, the decision is undone."""

from collections.abc import Iterable

from fangpin.domain.feeds.base import DEPARTMENTS, Feed, Field
from fangpin.domain.feeds.numbers import no_identity_number

SENDERS = {title: slug for slug, title in DEPARTMENTS.items()}  # a producer may also have named itself otherwise


def match_decision(feeds: Iterable[Feed]) -> Feed:
    """The feed, over those whose records belong to a household that has to be found."""
    titles = {feed.title: feed.slug for feed in feeds if feed.role == "fact"}
    return Feed(
        slug="match-decision",
        title="归户决定",
        departments=("county",),
        risk=None,
        own_date="decided_on",
        natural_key=("of_feed", "of_source", "of_record_id"),
        subject="household",
        role="decision",
        fields=(
            Field(
                "of_feed",
                "数据类别",
                "enum",
                symbols=tuple(titles.values()),
                labels=titles,
                growing=True,
                doc="The feed of the record that is decided on",
            ),
            Field("of_source", "报送部门", "text", limit=64, labels=SENDERS, doc="Slug of the department that sent it"),
            Field("of_record_id", "对应记录编号", "text", limit=64, doc="Its record id"),
            Field("household_no", "户编号", "text", limit=64, doc="The register's number of the household"),
            Field("reason", "理由", "text", doc="Why: of a withdrawal, why it is undone; sealed"),
            Field("decided_by", "决定人", "text", required=False, limit=100, hub_filled=True, doc="The officer's name"),
            Field("decided_on", "决定日期", "date", doc="Day of the decision"),
        ),
        check=no_identity_number({"household_no": "户编号"}),
    )
