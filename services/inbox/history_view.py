"""A household's history as a timeline: every event, the latest first, with the day it is about and when it was known."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fangpin.domain.policy import PackBook
from services.frame.labels import risk_labels
from services.inbox.cards import moment
from services.inbox.reading import Item
from services.inbox.telling import lane, notes_of, tell


def timeline(book: PackBook, county: str, events: Sequence[Item]) -> list[dict[str, Any]]:
    """The events in sentences; `events` are ordered by their sequence."""
    return [
        {
            "sequence": event["sequence"],
            "lane": lane(event["type"]),
            "valid_on": event["valid_on"],
            "recorded_at": moment(datetime.fromisoformat(event["recorded_at"])),
            "text": tell(event, risk_labels(book, county, event["data"].get("pack"))),
            "notes": notes_of(event["data"]),
        }
        for event in reversed(events)
    ]
