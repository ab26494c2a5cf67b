"""The filters of the list of records without a household."""

from collections.abc import Mapping
from dataclasses import replace

from fangpin.ports import Account
from services.access.asking import wrong
from services.inbox.filters import limit_of, read_cursor
from services.inbox.unplaced import FACTS, Asked

FILTERS = ("outcome", "feed", "limit", "cursor")
PAGE_FILTERS = ("outcome", "feed", "cursor", "show")


def asked_for(query: Mapping[str, str], account: Account, secret: bytes) -> Asked:
    """What a query means. Raises `HttpProblem` 422, or 400 for a cursor of another list."""
    outcome, feed, show = query.get("outcome"), query.get("feed") or None, query.get("show")
    if outcome not in (None, "unmatched", "ambiguous"):
        raise wrong("outcome", "outcome 应为 unmatched 或 ambiguous。")
    if feed is not None and feed not in FACTS:
        raise wrong("feed", f"feed 应为其中之一：{'、'.join(FACTS)}。")
    if show not in (None, "decided"):
        raise wrong("show", "show 应为 decided。")
    asked = Asked(outcome=outcome, feed=feed, limit=limit_of(query), placed=show is not None)
    if "cursor" not in query:
        return asked
    return replace(asked, after=read_cursor(query["cursor"], secret, asked.fingerprint(account)))
