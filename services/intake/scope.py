"""Who may send what, for which county. A breach refuses the whole upload: it is a mistake of configuration or worse."""

import re
from collections.abc import Iterable, Mapping

from fangpin.domain.feeds import FEEDS, Feed
from fangpin.ports import Account, HttpProblem


def feed_for(account: Account, slug: str) -> Feed:
    """The feed, if this account may send it. Raises 404 `FEED_UNKNOWN` or 403 `SCOPE`."""
    feed = FEEDS.get(slug)
    if feed is None:
        raise HttpProblem(404, "FEED_UNKNOWN", f"没有这一类数据。可用的是：{'、'.join(FEEDS)}。")
    if account.department is None or account.department not in feed.departments:
        raise HttpProblem(403, "SCOPE", f"此账号不能报送“{feed.title}”。请使用主管部门的令牌。")
    return feed


def check_county(account: Account, counties: Iterable[object]) -> None:
    """Every county that is named must be the account's; what is not a county code at all is judged by record."""
    if not account.county:
        return
    for county in counties:
        if isinstance(county, str) and re.fullmatch("[0-9]{6}", county) and county != account.county:
            raise HttpProblem(403, "SCOPE", "有其他县区的记录，整批未保存。请核对县区代码，或使用该县的令牌。")


def without_feed(feed: Feed, raws: Iterable[object]) -> list[object]:
    """Records may name their feed, as files of mixed records do; one of another feed refuses the whole upload."""
    found: list[object] = []
    for raw in raws:
        if isinstance(raw, Mapping) and "feed" in raw:
            if raw["feed"] != feed.slug:
                raise HttpProblem(403, "SCOPE", f"有不属于“{feed.title}”的记录，整批未保存。请按类分别报送。")
            raw = {name: value for name, value in raw.items() if name != "feed"}
        found.append(raw)
    return found


def is_uuid(value: object) -> bool:
    """Whether the text is an id in its usual form, so that PostgreSQL can be asked about it."""
    hyphens = (8, 13, 18, 23)
    return (
        isinstance(value, str)
        and len(value) == 36
        and all(
            (one == "-") if place in hyphens else (one in "0123456789abcdefABCDEF") for place, one in enumerate(value)
        )
    )
