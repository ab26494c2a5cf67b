"""The year's running totals on a household's page, where the county's pack switches them on; labelled as no trigger."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy import PackBook
from fangpin.domain.policy.totals import running_totals
from fangpin.domain.records import read_content
from services.inbox import reading
from services.inbox.standing import holding


def totals(book: PackBook, household: reading.Item, events: Sequence[reading.Item]) -> list[dict[str, Any]]:
    """One line a year and amount; `events` are the household's, in order."""
    facts = []
    for event in holding(events).values():
        slug, content = event["data"]["feed"], event["data"].get("content")
        if slug in FEEDS and content:
            facts.append((slug, date.fromisoformat(event["valid_on"]), read_content(FEEDS[slug], content)))
    found = []
    for one in running_totals(book, household["county_code"], household["data"]["class"], facts):
        field = FEEDS[one.feed].field(one.field)
        found.append(
            {
                "year": one.year,
                "what": f"{FEEDS[one.feed].title}{field.column if field is not None else one.field}",
                "records": one.records,
                "total": f"{one.total:.2f}",
                "line": f"{one.line:.2f}",
                "document": book.packs[one.pack].document.number,
            }
        )
    return found
