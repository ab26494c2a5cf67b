"""What became of an upload, read from the present state of its signals."""

from typing import NamedTuple
from uuid import UUID

from fangpin.ports import Account, HttpProblem, Pool
from services.intake.scope import is_uuid

PAGE = 1_000
_RECEIPT = (
    "SELECT feed, accepted, rejected, published FROM receipt WHERE receipt_id = %s AND account = %s AND county = %s"
)
_REJECTED = (
    "SELECT index, row, code, field, message FROM receipt_rejection WHERE receipt_id = %s AND position >= %s "
    "ORDER BY position LIMIT %s"
)
_ITEMS = """
SELECT item.index, item.record_index, item.row, item.record_id, item.digest, item.notes, refused.code, signal.digest,
       signal.duplicate, signal.is_current, signal.withdrawn, signal.outcome, signal.notes, household.household_no,
       coalesce(signal.receipt_id = item.receipt_id AND signal.receipt_index = item.record_index, false),
       CASE WHEN NOT signal.is_current THEN (
           SELECT latest.revision FROM signal AS latest WHERE latest.record_key = item.record_key AND latest.is_current
       ) END
FROM receipt_item AS item
LEFT JOIN LATERAL (
    SELECT code FROM quarantine
    WHERE quarantine.receipt_id = item.receipt_id AND quarantine.receipt_index = item.record_index
    ORDER BY recorded_at DESC LIMIT 1
) AS refused ON true
LEFT JOIN signal ON signal.record_key = item.record_key AND signal.revision = item.revision
LEFT JOIN household ON household.household_id = signal.household_id
WHERE item.receipt_id = %s AND item.position >= %s
ORDER BY item.position LIMIT %s
"""


def read_receipt(pool: Pool, account: Account, receipt_id: str, limit: int, cursor: int) -> dict[str, object]:
    """The receipt with a page of its outcomes and the same page of its rejections: those from position `cursor` on.

    Somebody else's is 404, the same as none.
    """
    if not is_uuid(receipt_id):
        raise _unknown()
    number = UUID(receipt_id)
    with pool.connection() as conn:
        row = conn.execute(_RECEIPT, (number, account.name, account.county)).fetchone()
        if row is None:
            raise _unknown()
        feed, accepted, rejected_count, published = row
        items = conn.execute(_ITEMS, (number, cursor, limit)).fetchall()
        rejected = conn.execute(_REJECTED, (number, cursor, limit)).fetchall() if rejected_count else []
    after = cursor + limit
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
        "outcomes": [_outcome(_Item(*one), published) for one in items],
        "next": str(after) if after < max(accepted, rejected_count) else None,
    }


class _Item(NamedTuple):
    """A row of `_ITEMS`; `holding` is the revision that holds instead of a superseded one; from `refused` on what has become of the record, None when nothing has."""

    place: int
    record_index: int
    row: int | None
    record_id: str
    digest: bytes
    seen: list[str]
    refused: str | None
    known: bytes | None
    duplicate: bool | None
    current: bool | None
    withdrawn: bool | None
    outcome: str | None
    noted: list[str] | None
    household_no: str | None
    own: bool
    holding: int | None


def _outcome(one: _Item, published: int) -> dict[str, object]:
    line = {} if one.row is None else {"row": one.row}
    found: dict[str, object] = {"index": one.place, **line, "record_id": one.record_id, "outcome": "pending"}
    found["notes"] = list(one.seen)
    # A record that was refused and later replayed: what became of it then.
    if one.refused is not None and not one.own:
        return found | {"outcome": "quarantined", "code": one.refused}
    if one.known is None:
        return found if one.record_index < published else found | {"outcome": "not_published"}
    if not one.own:
        return found | {"outcome": "duplicate"} if bytes(one.known) == bytes(one.digest) else found
    found["notes"] = [*one.seen, *(note for note in one.noted or () if note not in one.seen)]
    if one.duplicate:
        return found | {"outcome": "duplicate"}
    if not one.current:
        return found | {"outcome": "superseded"} | _revision_to_use(one)
    if one.outcome in ("unmatched", "ambiguous") and not one.withdrawn:
        return found | {"outcome": one.outcome, "code": one.outcome.upper()}
    return found | {"outcome": "matched"} | ({} if one.household_no is None else {"household_no": one.household_no})


def _revision_to_use(one: _Item) -> dict[str, object]:
    """A file's revision is the second of its upload, which nobody guesses: the least that takes effect now."""
    if one.holding is None or "SUPERSEDED_BY_FILE" not in (one.noted or ()):
        return {}
    return {"use_revision": one.holding + 1}


def _unknown() -> HttpProblem:
    return HttpProblem(404, "NOT_FOUND", "没有这张回执，或它不属于此账号。")
