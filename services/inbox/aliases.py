"""The table of other household numbers as its records have it: those that stand, and those that were withdrawn."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import sql

from fangpin.database import Connection
from fangpin.domain.feeds import FEEDS
from fangpin.ports import Account
from fangpin.vault import Vault
from services.frame.spreadsheets import csv_file
from services.inbox import reading
from services.inbox.cards import moment
from services.inbox.telling import department, label_of

FEED = "household-alias"
MOST = 200
SHOWS = {"": False, "withdrawn": True}  # of `show=`
EXPORTED = ("household_no", "kind", "other_no", "used_by", "from", "until", "reason", "decided_by")
_COLUMNS = (
    "record_key", "record_id", "source", "withdrawn", "recorded_at", "seal_subject", "sealed", "household_id",
    "household_no", "active", "used",
)  # fmt: skip
# `used`: how many records are in their household by this number now.
_QUERY = """
SELECT s.record_key, s.record_id, s.source, s.withdrawn, s.recorded_at, s.seal_subject, s.sealed, h.household_id,
       s.household_no, coalesce(h.active, false),
       (SELECT count(*) FROM signal m WHERE m.county_code = a.county_code AND m.household_no = a.other_no
        AND m.is_current AND NOT m.withdrawn AND m.household_id = a.household_id AND 'MATCHED_BY_ALIAS' = ANY(m.notes))
FROM signal s LEFT JOIN household_alias a USING (record_key)
LEFT JOIN household h ON h.county_code = s.county_code AND h.household_no = s.household_no
WHERE s.is_current AND s.feed = 'household-alias' AND s.county_code = %(county)s AND {condition}
ORDER BY s.recorded_at DESC, s.record_key LIMIT %(limit)s
"""
_ALIKE = "(%(number)s::text IS NULL OR s.household_no = %(number)s OR a.other_no = %(number)s)"


def find(
    conn: Connection, account: Account, *, withdrawn: bool = False, number: str | None = None, limit: int | None = MOST
) -> list[reading.Item]:
    """The latest first; `number`: of one household, or one other number (of those that stand)."""
    values = {"county": account.county, "withdrawn": withdrawn, "number": number, "limit": limit}
    return _rows(conn, f"s.withdrawn = %(withdrawn)s AND {_ALIKE}", values)


def find_one(conn: Connection, account: Account, key: UUID) -> reading.Item | None:
    """The revision that holds of one record of the county's table."""
    rows = _rows(conn, "s.record_key = %(key)s", {"county": account.county, "key": key, "limit": 1})
    return rows[0] if rows else None


def content(conn: Connection, vault: Vault, rows: Sequence[reading.Item]) -> dict[UUID, Mapping[str, Any]]:
    """The fields of each record; none where its key is gone."""
    opener = reading.Opener(conn, vault)
    opener.need(bytes(row["seal_subject"]) for row in rows)
    opened = {row["record_key"]: opener.open(bytes(row["seal_subject"]), bytes(row["sealed"])) for row in rows}
    return {key: one.get("fields") or {} for key, one in opened.items()}


def lines(conn: Connection, vault: Vault, rows: Sequence[reading.Item]) -> list[dict[str, Any]]:
    """As the page shows them."""
    opened = content(conn, vault, rows)
    return [
        {
            "key": str(row["record_key"]),
            "household_id": str(row["household_id"]) if row["household_id"] is not None else None,
            "registered": row["active"],
            "withdrawn": row["withdrawn"],
            "used": row["used"],
            "at": moment(row["recorded_at"]),
            "ours": row["source"] == "county",
            "by": department(row["source"]),
            **labels(opened[row["record_key"]]),
        }
        for row in rows
    ]


def labels(said: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a record in words; empty where it has none."""
    return {name: label_of(FEED, name, said[name]) if said.get(name) is not None else "" for name in EXPORTED}


def as_csv(lines: Iterable[Mapping[str, Any]]) -> bytes:
    """A line an entry."""
    feed = FEEDS[FEED]
    columns = [field.column for name in EXPORTED if (field := feed.field(name)) is not None]
    rows = (
        [*(one[name] for name in EXPORTED), one["at"], "已撤回" if one["withdrawn"] else "有效", one["used"]]
        for one in lines
    )
    return csv_file([*columns, "登记时间", "状态", "已归户记录"], rows)


def _rows(conn: Connection, condition: str, values: Mapping[str, object]) -> list[reading.Item]:
    rows = conn.execute(sql.SQL(_QUERY.replace("{condition}", condition)), values).fetchall()
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
