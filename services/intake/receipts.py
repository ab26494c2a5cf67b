"""What became of an upload, read from the present state of its signals."""

from typing import Any
from uuid import UUID

from fangpin.ports import Account, HttpProblem, Pool
from services.intake.scope import is_uuid

PAGE = 1_000
_RECEIPT = (
    "SELECT feed, accepted, rejected, published FROM receipt WHERE receipt_id = %s AND account = %s AND county = %s"
)
_REJECTED = (
    "SELECT index, row, code, field, message FROM receipt_rejection WHERE receipt_id = %s ORDER BY position LIMIT %s"
)
_ITEMS = """
SELECT item.position, item.index, item.record_id, item.digest, refused.code, signal.digest, signal.duplicate,
       signal.is_current, signal.outcome, signal.notes, household.household_no,
       signal.receipt_id = item.receipt_id AND signal.receipt_index = item.index
FROM receipt_item AS item
LEFT JOIN LATERAL (
    SELECT code FROM quarantine
    WHERE quarantine.receipt_id = item.receipt_id AND quarantine.receipt_index = item.index LIMIT 1
) AS refused ON true
LEFT JOIN signal ON signal.record_key = item.record_key AND signal.revision = item.revision
LEFT JOIN household ON household.household_id = signal.household_id
WHERE item.receipt_id = %s AND item.position >= %s
ORDER BY item.position LIMIT %s
"""


def read_receipt(pool: Pool, account: Account, receipt_id: str, limit: int, cursor: int) -> dict[str, object]:
    """The receipt with a page of its outcomes. Somebody else's is 404, the same as none."""
    if not is_uuid(receipt_id):
        raise _unknown()
    number = UUID(receipt_id)
    with pool.connection() as conn:
        row = conn.execute(_RECEIPT, (number, account.name, account.county)).fetchone()
        if row is None:
            raise _unknown()
        feed, accepted, rejected_count, published = row
        items = conn.execute(_ITEMS, (number, cursor, limit)).fetchall()
        rejected = conn.execute(_REJECTED, (number, PAGE)).fetchall() if rejected_count else []
    after = cursor + len(items)
    return {
        "receipt_id": str(number),
        "feed": feed,
        "accepted": accepted,
        "rejected": [
            {
                "index": index,
                **({} if line is None else {"row": line}),
                "code": code,
                "field": field,
                "message": message,
            }
            for index, line, code, field, message in rejected
        ],
        "rejected_total": rejected_count,
        "outcomes": [_outcome(one, published) for one in items],
        "next": str(after) if after < accepted else None,
    }


def _outcome(row: tuple[Any, ...], published: int) -> dict[str, object]:
    position, index, record_id, digest, refused, known, duplicate, current, outcome, notes, household_no, own = row
    found: dict[str, object] = {"index": index, "record_id": record_id, "outcome": "pending", "notes": []}
    if refused is not None:
        return found | {"outcome": "quarantined", "code": refused}
    if known is None:
        return found if position < published else found | {"outcome": "not_published"}
    found["notes"] = list(notes)
    if not own:
        return found | {"outcome": "duplicate"} if bytes(known) == bytes(digest) else found | {"notes": []}
    if duplicate:
        return found | {"outcome": "duplicate"}
    if not current:
        return found | {"outcome": "superseded"}
    if outcome in ("unmatched", "ambiguous"):
        return found | {"outcome": outcome, "code": outcome.upper()}
    return found | {"outcome": outcome} | ({} if household_no is None else {"household_no": household_no})


def _unknown() -> HttpProblem:
    return HttpProblem(404, "NOT_FOUND", "没有这张回执，或它不属于此账号。")
