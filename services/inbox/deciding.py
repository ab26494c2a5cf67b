"""An officer's written decision, from the API or a page, on its way to its feed: with a reason, under a new revision."""

import time
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from fangpin.database import Connection
from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.feeds import FEEDS
from fangpin.domain.ids import record_key
from fangpin.ports import Account, WebDependencies
from services.access.asking import MAX_TEXT, wrong
from services.inbox.cards import civil_dates

MOST_REASON = 2000


def decide(
    deps: WebDependencies,
    conn: Connection,
    account: Account,
    slug: str,
    record_id: str,
    fields: Mapping[str, object],
    *,
    withdrawn: bool = False,
) -> dict[str, object]:
    """Publish it; the body of the 202. Raises `HttpProblem` 422 for what cannot be meant.

    The same decision made anew is a higher revision of the same record: what was sent last holds. Its revision is the
    millisecond, so that two in one minute do not wait for each other's effect.
    """
    known = conn.execute(
        "SELECT max(revision) FROM signal WHERE record_key = %s", (key_of(slug, account.county, record_id),)
    ).fetchone()
    now = datetime.now(SHANGHAI)
    raw: dict[str, object] = {
        "record_id": record_id,
        "revision": max(int(time.time() * 1000), (known[0] or 0) + 1 if known is not None else 1),
        "status": "withdrawn" if withdrawn else "active",
        "county_code": account.county,
        "reported_at": now.isoformat(),
        "subject": {"household_no": fields["household_no"]},
        **fields,
        "decided_by": account.name,
    }
    if FEEDS[slug].field("decided_on") is not None:
        raw["decided_on"] = min(now.date(), civil_dates(conn).get(account.county, now.date())).isoformat()
    return deps.publish_one(account, slug, raw)


def key_of(slug: str, county: str, record_id: str) -> UUID:
    """The key of a decision that a page sends."""
    return record_key(slug, county, FEEDS[slug].departments[0], record_id)


def reason_of(body: Mapping[str, object]) -> str:
    """The reason, which must be there and say something."""
    reason = body.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise wrong("reason", "请写明理由，理由会记入本户经历。")
    if len(reason) > MOST_REASON:
        raise wrong("reason", f"理由太长，请不超过{MOST_REASON}字。")
    return reason.strip()


def household_of(conn: Connection, account: Account, body: Mapping[str, object]) -> tuple[UUID, str]:
    """The registered household of the county that the body names by its number."""
    number = body.get("household_no")
    if not isinstance(number, str) or not number.strip():
        raise wrong("household_no", "请选择一户，或填写户编号。")
    number = number.strip()
    row = None
    if len(number) <= MAX_TEXT and "\0" not in number:
        row = conn.execute(
            "SELECT household_id FROM household WHERE county_code = %s AND household_no = %s AND active",
            (account.county, number),
        ).fetchone()
    if row is None:
        raise wrong("household_no", "本县登记中没有这个户编号，请核对；新户请先登记。")
    return row[0], number
