"""Records that have no household, and those that a county's officer placed: for county officers, of their own county."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from psycopg import sql

from fangpin.database import Connection
from fangpin.domain.feeds import FEEDS
from fangpin.ports import Account
from services.inbox.reading import Item

FACTS = [slug for slug, feed in FEEDS.items() if feed.role == "fact"]
WAITING = "s.is_current AND NOT s.withdrawn AND s.outcome <> 'matched'"
PLACED = "s.is_current AND EXISTS (SELECT FROM match_decision d WHERE d.target = s.record_key)"
_COLUMNS = (
    "record_key", "feed", "source", "record_id", "revision", "withdrawn", "occurred_on", "outcome", "household_id",
    "household_no", "person_key", "name_key", "seal_subject", "sealed", "notes", "first_at", "receipt_id", "account",
    "received_at", "row", "placed_in",
)  # fmt: skip
_QUERY = """
SELECT s.record_key, s.feed, s.source, s.record_id, s.revision, s.withdrawn, s.occurred_on, s.outcome, s.household_id,
       s.household_no, s.person_key, s.name_key, s.seal_subject, s.sealed, s.notes, came.first_at, s.receipt_id,
       receipt.account, receipt.received_at, item.row, placed.household_no
FROM signal s
CROSS JOIN LATERAL (SELECT min(recorded_at) AS first_at FROM signal WHERE record_key = s.record_key) AS came
LEFT JOIN receipt ON receipt.receipt_id = s.receipt_id
LEFT JOIN receipt_item item
       ON item.receipt_id = s.receipt_id AND item.record_key = s.record_key AND item.revision = s.revision
LEFT JOIN household placed ON placed.household_id = s.household_id
WHERE s.county_code = %s AND s.feed = ANY(%s) AND {condition}
ORDER BY s.recorded_at, s.record_key
LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the list: `outcome` and `feed` None for every; `after` is (recorded_at, record_key) of the last seen."""

    outcome: str | None = None
    feed: str | None = None
    limit: int = 50
    after: tuple[str, str] | None = None
    placed: bool = False

    def fingerprint(self, account: Account) -> str:
        """What a cursor is bound to."""
        return repr((account.kind, account.name, account.county, self.outcome, self.feed, self.placed))


def find(conn: Connection, account: Account, asked: Asked) -> list[Item]:
    """One more than the limit, the longest waiting first; `place` of the last is where the next page begins."""
    where, values = [PLACED if asked.placed else WAITING], []  # type: tuple[list[str], list[object]]
    if asked.outcome is not None:
        where.append("s.outcome = %s")
        values.append(asked.outcome)
    if asked.after is not None:
        where.append("(s.recorded_at, s.record_key) > (%s::timestamptz, %s::uuid)")
        values.extend(asked.after)
    feeds = [asked.feed] if asked.feed is not None else FACTS
    return _rows(conn, " AND ".join(where), (account.county, feeds, *values, asked.limit + 1))


def find_one(conn: Connection, account: Account, key: UUID) -> Item | None:
    """The revision that holds of one record of the county; of any record, so that what was placed can be looked at."""
    rows = _rows(conn, "s.is_current AND s.record_key = %s", (account.county, FACTS, key, 1))
    return rows[0] if rows else None


def place_of(conn: Connection, key: UUID) -> tuple[str, str]:
    """Where a record stands in the list, for a cursor."""
    row = conn.execute("SELECT recorded_at FROM signal WHERE record_key = %s AND is_current", (key,)).fetchone()
    assert row is not None
    return row[0].isoformat(), str(key)


def _rows(conn: Connection, condition: str, values: Sequence[object]) -> list[Item]:
    rows = conn.execute(sql.SQL(_QUERY.replace("{condition}", condition)), values).fetchall()
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]


def counts(conn: Connection, account: Account) -> dict[tuple[str, str], int]:
    """How many wait, by feed and outcome."""
    rows = conn.execute(
        sql.SQL(f"SELECT s.feed, s.outcome, count(*) FROM signal s WHERE s.county_code = %s AND s.feed = ANY(%s) AND {WAITING} GROUP BY 1, 2"),
        (account.county, FACTS),
    )  # fmt: skip
    return {(feed, outcome): number for feed, outcome, number in rows}


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that stands about a record; of several the latest comes first, and is the one that holds."""

    record_key: UUID
    record_id: str
    source: str
    household_id: UUID
    household_no: str | None
    village_code: str | None
    decided_on: date
    otherwise_no: str | None
    recorded_at: datetime
    seal_subject: bytes
    sealed: bytes


def decisions(conn: Connection, target: UUID) -> list[Decision]:
    """The decisions about a record."""
    rows = conn.execute(
        "SELECT d.record_key, d.record_id, d.source, d.household_id, own.household_no, own.village_code, d.decided_on, "
        "other.household_no, s.recorded_at, s.seal_subject, s.sealed FROM match_decision d "
        "JOIN signal s ON s.record_key = d.record_key AND s.revision = d.revision "
        "LEFT JOIN household own ON own.household_id = d.household_id "
        "LEFT JOIN household other ON other.household_id = d.otherwise "
        'WHERE d.target = %s ORDER BY d.decided_on DESC, d.record_id COLLATE "C" DESC, d.source COLLATE "C" DESC',
        (target,),
    )
    return [Decision(*row) for row in rows]


def said(conn: Connection, key: UUID) -> list[dict[str, Any]]:
    """Every revision of one decision's record, the latest first, sealed: what was decided and undone before."""
    rows = conn.execute(
        "SELECT withdrawn, occurred_on, recorded_at, seal_subject, sealed FROM signal "
        "WHERE record_key = %s AND NOT duplicate ORDER BY revision DESC",
        (key,),
    )
    names = ("withdrawn", "occurred_on", "recorded_at", "seal_subject", "sealed")
    return [dict(zip(names, row, strict=True)) for row in rows]


def state_of(conn: Connection, account: Account, receipt: UUID) -> Literal["waiting", "applied", "refused"]:
    """What became of the decision that the receipt is of."""
    row = conn.execute(
        "SELECT EXISTS (SELECT FROM signal WHERE record_key = i.record_key AND revision = i.revision), "
        "EXISTS (SELECT FROM quarantine WHERE receipt_id = i.receipt_id) "
        "FROM receipt_item i JOIN receipt r USING (receipt_id) "
        "WHERE i.receipt_id = %s AND i.position = 0 AND r.county = %s",
        (receipt, account.county),
    ).fetchone()
    if row is not None and row[1]:
        return "refused"
    return "applied" if row is None or row[0] else "waiting"
