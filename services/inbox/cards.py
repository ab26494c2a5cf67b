"""What pages show of a warning: its line in a list, and the clause cards that say on what it rests."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fangpin.database import Connection
from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.ids import record_key
from fangpin.domain.policy import PackBook
from services.frame.labels import FINDINGS, STATUSES, risk_labels
from services.frame.rendering import Frame
from services.inbox import reading
from services.inbox.telling import department, feed_title, why

GONE_TO = {"township": "已上报乡镇", "county": "已上报县里"}


def civil_dates(conn: Connection) -> dict[str, date]:
    """Every county's civil date, of those that have one."""
    rows = conn.execute("SELECT county_code, civil_date FROM county WHERE civil_date IS NOT NULL")
    return dict(rows.fetchall())


def lines(frame: Frame, conn: Connection, rows: Sequence[reading.Item]) -> list[dict[str, Any]]:
    """Warnings as lists show them: who, what, since when, until when."""
    opener = reading.Opener(conn, frame.deps.vault)
    heads = reading.heads(conn, {row["household_id"] for row in rows}, opener)
    today = civil_dates(conn)
    return [
        {
            "warning_id": str(row["warning_id"]),
            "household_id": str(row["household_id"]),
            "household_no": row["household_no"],
            "head": heads.get(row["household_id"]),
            "village": frame.place(row["village_code"]),
            "township": frame.place(row["village_code"][:9]),
            "risk_label": risk_label(frame.deps.book, row),
            "status": row["status"],
            "status_label": STATUSES[row["status"]],
            "since": row["since"],
            "due_on": row["due_on"],
            "overdue": overdue(row["status"], row["due_on"], today.get(row["county_code"])),
            "gone_to": GONE_TO.get(row["escalated"]) if row["status"] == "open" else None,
            "stock": row["stock"],
            "records": len(row["evidence"]),
            "reason": why(row["reason"], row["reason"]),
            "result_label": FINDINGS.get(row["result"]),
            "visited_on": row["visited_on"],
            "found_by": row["found_by"],
        }
        for row in rows
    ]


def risk_label(book: PackBook, row: reading.Item) -> str:
    """The risk in the words of the pack that a warning rests on."""
    return risk_labels(book, row["county_code"], row["pack"])[row["risk"]]


def overdue(status: str, due_on: date | None, today: date | None) -> bool:
    """Whether the village's day has passed and nobody has said what was found; as `reading.OVERDUE` has it."""
    return status == "open" and due_on is not None and today is not None and due_on < today


def clause_cards(conn: Connection, book: PackBook, row: reading.Item, opener: reading.Opener) -> list[dict[str, Any]]:
    """A card for each rule that a piece of evidence met: sentence, arithmetic, document, clause, words, evidence."""
    receipts = _receipts(conn, row)
    rules = reading.warning_items([row], opener, book)[0]["rules"]
    found = {(one["record_id"], one["id"]): one for one in rules}
    return [
        {
            **found[one["record_id"], met["id"]],
            **_words(book, met["pack"], met["id"]),
            "purpose_label": {"warn": "预警线", "enter": "纳入线"}[met["purpose"]],
            "feed": feed_title(one["feed"]),
            "department": department(one["source"]),
            "occurred_on": one["occurred_on"],
            "recorded_at": moment(datetime.fromisoformat(one["recorded_at"])),
            "receipt": receipts.get(_record_key(row, one)),
            "met_on": met["met_on"],
            "record_id": one["record_id"],
        }
        for one in row["evidence"]
        for met in one["rules"]
    ]


def _words(book: PackBook, pack_id: str, rule_id: str) -> dict[str, Any]:
    """What the pack says of a rule; of one that it no longer has, that it has not."""
    pack, rule = book.packs.get(pack_id), book.find_rule(pack_id, rule_id)
    title = pack.document.title if pack is not None else None
    if rule is None:
        gone = reading.rule_gone(pack_id, rule_id)
        return {"sentence": f"规则 {rule_id}", "title": title, "gone": gone, "decision": None, "unknown": ()}
    return {
        "sentence": rule.sentence,
        "title": title,
        "gone": None,
        "decision": rule.basis.decision,
        "unknown": rule.unknown,
    }


def _record_key(row: reading.Item, evidence: Mapping[str, Any]) -> UUID:
    return record_key(evidence["feed"], row["county_code"], evidence["source"], evidence["record_id"])


def _receipts(conn: Connection, row: reading.Item) -> dict[UUID, UUID]:
    """The receipts of the evidence; what came straight to Kafka has none."""
    found = conn.execute(
        "SELECT record_key, receipt_id FROM signal WHERE record_key = ANY(%s) AND is_current AND receipt_id IS NOT NULL",
        ([_record_key(row, one) for one in row["evidence"]],),
    )
    return dict(found.fetchall())


def moment(at: datetime) -> str:
    """An instant as people write it, in Shanghai's time."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
