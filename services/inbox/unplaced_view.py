"""What pages show of a record that has no household, or that a county's officer placed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fangpin.database import Connection
from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.feeds import FEEDS
from fangpin.domain.identity import mask_id
from services.frame.rendering import Frame
from services.inbox import reading, unplaced
from services.inbox.candidates import birth_of, candidates
from services.inbox.cards import moment
from services.inbox.deciding import key_of
from services.inbox.linking import FEED, record_id_of
from services.inbox.telling import department, facts, feed_title, notes_of

OUTCOMES = {"unmatched": "没有找到农户", "ambiguous": "可能属于两户", "matched": "已归户"}
WHY = {
    "unmatched": "登记中没有对应的人或户编号。",
    "ambiguous": "此人当日同时登记在两户，或户编号可能指两户。",
    "matched": "",
}


def line(row: reading.Item, today: date) -> dict[str, Any]:
    """A record in a list: what, from whom, how long it waits."""
    return {
        "key": str(row["record_key"]),
        "feed": feed_title(row["feed"]),
        "department": department(row["source"]),
        "record_id": row["record_id"],
        "occurred_on": row["occurred_on"],
        "outcome": row["outcome"],
        "outcome_label": OUTCOMES[row["outcome"]],
        "why": WHY[row["outcome"]],
        "withdrawn": row["withdrawn"],
        "since": moment(row["first_at"]),
        "days": max((today - row["first_at"].astimezone(SHANGHAI).date()).days, 0),
        "batch": _batch(row),
    }


def _batch(row: Mapping[str, Any]) -> str:
    if row["receipt_id"] is None:
        return "由消息系统直接送达"
    sent = f"，{department(row['account'])} {moment(row['received_at'])} 报送" if row["account"] is not None else ""
    return f"回执 {row['receipt_id']}{sent}" + (f"，第 {row['row']} 行" if row["row"] is not None else "")


def whole(frame: Frame, conn: Connection, account: Any, row: reading.Item, today: date) -> dict[str, Any]:
    """One record with whom it is about, the households it may belong to, and what was decided."""
    opener = reading.Opener(conn, frame.deps.vault)
    standing = unplaced.decisions(conn, row["record_key"])
    own = key_of(FEED, account.county, record_id_of(row["record_key"]))
    past = unplaced.said(conn, own)
    opener.need([bytes(row["seal_subject"]), *(one.seal_subject for one in standing), *(bytes(one["seal_subject"]) for one in past)])  # fmt: skip
    opened = opener.open(bytes(row["seal_subject"]), bytes(row["sealed"]))
    subject = opened.get("subject") or {}
    number = subject.get("id_number")
    return {
        **line(row, today),
        "name": subject.get("name"),
        "id_number": mask_id(number) if number else None,
        "born": birth_of(number),
        "household_no": row["household_no"],
        "placed_in": row["placed_in"],
        "household_id": str(row["household_id"]) if row["household_id"] is not None else None,
        "facts": list(facts(FEEDS[row["feed"]], reading.content(opened))),
        "notes": notes_of(row),
        "candidates": [
            {
                "household_id": str(one.household_id),
                "household_no": one.household_no,
                "village": frame.place(one.village_code),
                "township": frame.place(one.village_code[:9]),
                "head": one.head,
                "phone": one.phone,
                "alike": one.alike,
                "reasons": one.reasons,
            }
            for one in (candidates(conn, account, row, subject, opener) if row["outcome"] != "matched" else ())
        ],
        "decision": _standing(frame, standing, row, opener),
        "past": [_said(one, opener) for one in past],
    }


def _standing(
    frame: Frame, standing: Sequence[unplaced.Decision], row: reading.Item, opener: reading.Opener
) -> dict[str, Any] | None:
    if not standing:
        return None
    one = standing[0]
    fields = opener.open(one.seal_subject, bytes(one.sealed)).get("fields") or {}
    return {
        "household_id": str(one.household_id),
        "household_no": one.household_no or fields.get("household_no"),
        "village": frame.place(one.village_code) if one.village_code else None,
        "decided_on": one.decided_on,
        "decided_by": fields.get("decided_by"),
        "reason": fields.get("reason"),
        "recorded_at": moment(one.recorded_at),
        "holds": row["household_id"] == one.household_id,
        "otherwise": one.otherwise_no,
        "differs": one.otherwise_no is not None and one.otherwise_no != one.household_no,
    }


def _said(one: Mapping[str, Any], opener: reading.Opener) -> dict[str, Any]:
    fields = opener.open(bytes(one["seal_subject"]), bytes(one["sealed"])).get("fields") or {}
    return {
        "what": "撤销决定" if one["withdrawn"] else f"决定归入户 {fields.get('household_no')}",
        "on": one["occurred_on"],
        "at": moment(one["recorded_at"]),
        "by": fields.get("decided_by"),
        "reason": fields.get("reason"),
    }
