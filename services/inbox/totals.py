"""The year's running totals on a household's page, where the county's pack switches them on; labelled as no trigger."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy import PackBook
from fangpin.domain.policy.totals import running_totals
from services.inbox import reading
from services.inbox.standing import holding, shown_fields


def totals(book: PackBook, household: reading.Item, events: Sequence[reading.Item]) -> list[dict[str, Any]]:
    """One line a year and amount; `events` are the household's, in order."""
    facts = []
    for event in holding(events).values():
        values = shown_fields(event["data"])
        if values is not None:
            facts.append((event["data"]["feed"], date.fromisoformat(event["valid_on"]), values))
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
