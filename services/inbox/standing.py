"""The facts of a household on which no warning rests, and why not."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from fangpin.database import Connection
from fangpin.domain.episodes import RiskState
from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy import PackBook
from fangpin.domain.policy.spans import may_hold
from fangpin.domain.records import read_content
from services.inbox import reading
from services.inbox.telling import NOTES, department, feed_title, record

Key = tuple[str, str, str]  # feed, source, record id


def facts_without_warning(
    conn: Connection,
    book: PackBook,
    household: reading.Item,
    warnings: Sequence[reading.Item],
    events: Sequence[reading.Item],
) -> list[dict[str, Any]]:
    """The latest first: what was reported, and why no rule is met. `events` are the household's, in order."""
    standing = holding(events)
    for row in warnings:
        for one in row["evidence"] if row["status"] != "withdrawn" else ():
            standing.pop(_key(one), None)
    coming = _coming(conn, household["household_id"]) if standing else {}
    found = [
        {
            "occurred_on": event["valid_on"],
            "feed": feed_title(event["data"]["feed"]),
            "department": department(event["data"]["source"]),
            "text": record(event["data"]["feed"], event["data"].get("content") or {}),
            "why": _why(book, household["county_code"], event, coming.get(key)),
        }
        for key, event in standing.items()
    ]
    return sorted(found, key=lambda one: one["occurred_on"], reverse=True)


def holding(events: Sequence[reading.Item]) -> dict[Key, reading.Item]:
    """The household's records that hold, each with the event of its latest content; `events` are in order."""
    found: dict[Key, reading.Item] = {}
    for event in events:
        data = event["data"]
        if event["type"] in ("SignalRecorded", "SignalCorrected"):
            found[_key(data)] = event
        elif event["type"] in ("SignalWithdrawn", "SignalMoved"):
            found.pop(_key(data), None)
    return found


def _key(data: Mapping[str, Any]) -> Key:
    return data["feed"], data["source"], data["record_id"]


def _coming(conn: Connection, household: UUID) -> dict[Key, date]:
    """The first day on which a record will, or did, meet a rule."""
    found: dict[Key, date] = {}
    for (state,) in conn.execute("SELECT state::text FROM risk_state WHERE household_id = %s", (household,)):
        for entry in msgspec.json.decode(state, type=RiskState).entries.values():
            if entry.rules:
                found[entry.feed, entry.source, entry.record_id] = min(rule.met_on for rule in entry.rules)
    return found


def _why(book: PackBook, county: str, event: reading.Item, met_on: date | None) -> str:
    day, feed = date.fromisoformat(event["valid_on"]), event["data"]["feed"]
    if met_on is not None:
        return f"条件要到 {met_on} 才成立，到那天还没有变化就会预警。"
    notes = _noted(book, county, event)
    pack = book.in_force(county, day)
    if "NO_POLICY" in notes or pack is None:
        if notes.get("NO_POLICY") is not None:
            return f"该时段无政策：{notes['NO_POLICY']}"
        return f"该日无政策：{day} 没有有效的县级文件或标准，只作记录。"
    if "PERIOD_OTHER" in notes:
        return f"{NOTES['PERIOD_OTHER']}，不能与《{pack.document.number}》的标准比较。"
    rules = [rule.sentence.rstrip("。") for rule in pack.rules if rule.feed == feed and may_hold(pack, rule, day)]
    if not rules:
        return f"{pack.document.number} 对这类情况没有规定条件，只作记录。"
    return f"没有达到 {pack.document.number} 的条件：{'；'.join(rules)}。"


def _noted(book: PackBook, county: str, event: reading.Item) -> Mapping[str, str | None]:
    """What the policy of now notes of the record, code → why; what was noted when it came where its content is not shown."""
    values = shown_fields(event["data"])
    if values is None:
        return dict.fromkeys(event["data"].get("notes") or ())
    return book.notes(county, event["data"]["feed"], date.fromisoformat(event["valid_on"]), values)


def shown_fields(data: Mapping[str, Any]) -> dict[str, object] | None:
    """The typed fields of a record as a page may show it; None for an unknown feed or sealed content that is not shown."""
    feed, content = FEEDS.get(data["feed"]), data.get("content")
    return read_content(feed, {"fields": content}) if feed is not None and content else None
