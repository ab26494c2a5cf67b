"""Reads from the read models, always with the account's area in the query; sealed fields opened for those who may."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import sql

from fangpin.database import Connection
from fangpin.domain.feeds import FEEDS
from fangpin.domain.identity import mask_id
from fangpin.domain.policy import PackBook
from fangpin.errors import PoisonError
from fangpin.ports import Account
from fangpin.salts import load_salts
from fangpin.vault import Vault
from services.inbox.filters import WarningsQuery

Item = dict[str, Any]
HIDDEN_FIELDS = frozenset(field.name for feed in FEEDS.values() for field in feed.fields if field.hidden)
_WARNING = (
    "warning_id", "household_id", "household_no", "county_code", "village_code", "risk", "episode", "status", "since",
    "pack", "due_on", "stock", "raised_at", "reason", "evidence", "result", "visited_on", "found_by", "escalated",
)  # fmt: skip
_HOUSEHOLD = ("household_id", "county_code", "household_no", "village_code", "active", "data")
OVERDUE = (
    "(status = 'open' AND due_on < (SELECT civil_date FROM county c WHERE c.county_code = inbox_warning.county_code))"
)


class Opener:
    """Opens what is sealed, with all salts of a page fetched at once; what was shredded stays closed."""

    def __init__(self, conn: Connection, vault: Vault) -> None:
        self._conn = conn
        self._vault = vault
        self._salts: dict[bytes, bytes] = {}

    def need(self, subjects: Iterable[bytes]) -> None:
        """Fetch the salts of these subjects."""
        missing = {one for one in subjects if one not in self._salts}
        if missing:
            self._salts |= load_salts(self._conn, missing)

    def open(self, subject: bytes, sealed: str | bytes | None) -> Mapping[str, Any]:
        """The JSON object, of base64 or of bytes; empty when there is none, or its key is gone."""
        salt = self._salts.get(subject)
        if sealed is None or salt is None:
            return {}
        try:
            return self._vault.open_json(subject, salt, base64.b64decode(sealed) if isinstance(sealed, str) else sealed)
        except PoisonError:
            return {}


def find_warnings(conn: Connection, query: WarningsQuery) -> list[Item]:
    """One more than the limit, the latest raised first."""
    if query.area is None:
        return []
    where: list[str] = ["village_code LIKE %s"]
    values: list[object] = [query.area + "%"]
    for column, comparator, value in (
        ("risk", "=", query.risk),
        ("household_no", "=", query.household_no),
        ("since", ">=", query.since_from),
        ("since", "<=", query.since_to),
        ("stock", "=", query.stock),
        ("status", "=", query.status),
    ):
        if value is not None:
            where.append(f"{column} {comparator} %s")
            values.append(value)
    if query.status is None:
        where.append("status <> 'withdrawn'")
    if query.overdue:
        where.append(OVERDUE)
    if query.after is not None:
        where.append("(raised_at, warning_id) < (%s::timestamptz, %s::uuid)")
        values.extend(query.after)
    text = f"SELECT {', '.join(_WARNING)} FROM inbox_warning WHERE {' AND '.join(where)} ORDER BY raised_at DESC, warning_id DESC LIMIT %s"
    rows = conn.execute(sql.SQL(text), [*values, query.limit + 1]).fetchall()
    return [dict(zip(_WARNING, row, strict=True)) for row in rows]


def warnings_where(conn: Connection, condition: str, values: Sequence[object], most: int) -> tuple[list[Item], int]:
    """Warnings that meet a condition of ours, the latest first; and how many there are in all."""
    rows = conn.execute(
        sql.SQL(
            f"SELECT {', '.join(_WARNING)}, count(*) OVER () FROM inbox_warning WHERE {condition} "
            "ORDER BY since DESC, warning_id LIMIT %s"
        ),
        [*values, most],
    ).fetchall()
    return [dict(zip(_WARNING, row[:-1], strict=True)) for row in rows], rows[0][-1] if rows else 0


def warnings_of(conn: Connection, household: UUID) -> list[Item]:
    """Every warning of a household that stands or stood, open ones first, then the latest."""
    rows = conn.execute(
        f"SELECT {', '.join(_WARNING)} FROM inbox_warning WHERE household_id = %s "
        "ORDER BY status NOT IN ('open', 'verified'), raised_at DESC, warning_id",
        (household,),
    )
    return [dict(zip(_WARNING, row, strict=True)) for row in rows]


def find_warning(conn: Connection, account: Account, warning: UUID) -> Item | None:
    """One warning in the account's area."""
    row = conn.execute(
        f"SELECT {', '.join(_WARNING)} FROM inbox_warning WHERE warning_id = %s AND village_code LIKE %s",
        (warning, account.area + "%"),
    ).fetchone()
    return dict(zip(_WARNING, row, strict=True)) if row is not None else None


def warning_items(rows: Sequence[Item], opener: Opener, book: PackBook) -> list[Item]:
    """Warnings in the form in which `fangpin evaluate` prints findings, with the hub's own fields beside."""
    opener.need(_subject(one) for row in rows for one in row["evidence"])
    return [_warning_item(row, opener, book) for row in rows]


def _subject(evidence: Mapping[str, Any]) -> bytes:
    return base64.b64decode(evidence["seal_subject"])


def _warning_item(row: Item, opener: Opener, book: PackBook) -> Item:
    rules = []
    for one in sorted(row["evidence"], key=lambda one: str(one["record_id"])):
        arithmetic = opener.open(_subject(one), one["sealed"])
        for found in sorted(one["rules"], key=lambda found: str(found["id"])):
            pack, rule = book.packs.get(found["pack"]), book.find_rule(found["pack"], found["id"])
            rules.append(
                {
                    "id": found["id"],
                    "purpose": found["purpose"],
                    "record_id": one["record_id"],
                    "document": pack.document.number if pack is not None else None,
                    "clause": rule.basis.clause if rule is not None else None,
                    "quote": rule.basis.quote if rule is not None else None,
                    "arithmetic": arithmetic.get(found["id"]),
                    **({} if rule is not None else {"note": rule_gone(found["pack"], found["id"])}),
                }
            )
    return {
        "warning_id": str(row["warning_id"]),
        "household_id": str(row["household_id"]),
        "county_code": row["county_code"],
        "village_code": row["village_code"],
        "household_no": row["household_no"],
        "risk": row["risk"],
        "status": row["status"],
        "since": row["since"].isoformat(),
        "raised_at": row["raised_at"].isoformat(),
        "due_on": row["due_on"].isoformat() if row["due_on"] else None,
        "stock": row["stock"],
        "pack": row["pack"],
        "evidence": sorted({one["record_id"] for one in row["evidence"]}),
        "rules": rules,
    }


def rule_gone(pack: str, rule: str) -> str:
    """What is said of a rule that stored evidence names and no pack has any more."""
    return f"规则 {rule} 已不在政策包 {pack} 中，条款原文无法列出；预警和算式按当时记录保留。"


def find_household(conn: Connection, account: Account, household: UUID) -> Item | None:
    """One household in the account's area."""
    row = conn.execute(
        f"SELECT {', '.join(_HOUSEHOLD)} FROM inbox_household WHERE household_id = %s AND village_code LIKE %s",
        (household, account.area + "%"),
    ).fetchone()
    return dict(zip(_HOUSEHOLD, row, strict=True)) if row is not None else None


def find_households(
    conn: Connection,
    account: Account,
    *,
    household_no: str | None = None,
    person: bytes | None = None,
    name: bytes | None = None,
    limit: int,
    after: tuple[str, str] | None = None,
) -> list[Item]:
    """Households of the area by number, by person, by name, in order of their numbers: one more than the limit.

    A number finds its household whether it is still registered (`active`) or not; people are those registered now.
    """
    where, values = ["village_code LIKE %s"], [account.area + "%"]  # type: tuple[list[str], list[object]]
    if household_no is None:
        where.append("active")
    else:
        where.append("household_no = %s")
        values.append(household_no)
    if person is not None:
        where.append("persons @> ARRAY[%s]::bytea[]")
        values.append(person)
    if name is not None:
        where.append("names @> ARRAY[%s]::bytea[]")
        values.append(name)
    if after is not None:
        where.append("(household_no, household_id) > (%s, %s::uuid)")
        values.extend(after)
    text = (
        f"SELECT {', '.join(_HOUSEHOLD)} FROM inbox_household "
        f"WHERE {' AND '.join(where)} ORDER BY household_no, household_id LIMIT %s"
    )
    return [dict(zip(_HOUSEHOLD, row, strict=True)) for row in conn.execute(sql.SQL(text), [*values, limit + 1])]


def members(rows: Sequence[Item], opener: Opener) -> dict[UUID, list[Item]]:
    """Names and masked numbers of each household's members."""
    opener.need(bytes.fromhex(one["person_key"]) for row in rows for one in row["data"]["members"])
    found: dict[UUID, list[Item]] = {}
    for row in rows:
        found[row["household_id"]] = [_member(one, opener) for one in row["data"]["members"]]
    return found


def heads(conn: Connection, households: Iterable[UUID], opener: Opener) -> dict[UUID, str]:
    """The name of whoever the register lists first, of each household that has one."""
    rows = conn.execute(
        "SELECT household_id, data->'members'->0 FROM inbox_household WHERE household_id = ANY(%s) "
        "AND data->'members'->0 IS NOT NULL",
        (list(households),),
    ).fetchall()
    opener.need(bytes.fromhex(one["person_key"]) for _, one in rows)
    found = {household: _member(one, opener)["name"] for household, one in rows}
    return {household: name for household, name in found.items() if name}


def _member(one: Mapping[str, Any], opener: Opener) -> Item:
    opened = opener.open(bytes.fromhex(one["person_key"]), one["sealed"])
    number = opened.get("id_number")
    return {
        "name": opened.get("name"),
        "id_number": mask_id(number) if number else None,
        "relation": one["relation"],
        "joined_on": one["joined_on"],
        "left_on": one["left_on"],
        "died_on": one["died_on"],
        "shares_income": one["shares_income"],
    }


def history(conn: Connection, household: UUID, valid_on: object, known_at: object, opener: Opener) -> list[Item]:
    """The events of a household in order of their sequence, opened as far as a page may show them."""
    rows = conn.execute(
        "SELECT sequence, type, valid_on, recorded_at, data FROM household_history WHERE household_id = %s "
        "AND (%s::date IS NULL OR valid_on <= %s::date) AND (%s::timestamptz IS NULL OR recorded_at <= %s::timestamptz) "
        "ORDER BY sequence",
        (household, valid_on, valid_on, known_at, known_at),
    ).fetchall()
    opener.need(_subjects(row[4] for row in rows))
    return [
        {
            "sequence": sequence,
            "type": kind,
            "valid_on": day.isoformat(),
            "recorded_at": at.isoformat(),
            "data": _shown(data, opener),
        }
        for sequence, kind, day, at, data in rows
    ]


def _subjects(bodies: Iterable[Mapping[str, Any]]) -> Iterable[bytes]:
    for body in bodies:
        if body.get("seal_subject"):
            yield _subject(body)
        for one in body.get("evidence", ()):
            yield _subject(one)
        for one in body.get("members", ()):
            yield bytes.fromhex(one["person_key"])


def _shown(body: Item, opener: Opener) -> Item:
    """An event's body without keys and ciphertext, with what was sealed opened and masked."""
    shown = {
        key: value
        for key, value in body.items()
        if key not in ("sealed", "seal_subject", "person_key", "members", "evidence")
    }
    if "members" in body:
        shown["members"] = [_member(one, opener) for one in body["members"]]
    if "evidence" in body:
        shown["evidence"] = [
            {key: value for key, value in one.items() if key not in ("sealed", "seal_subject")}
            | {"arithmetic": dict(opener.open(_subject(one), one["sealed"]))}
            for one in body["evidence"]
        ]
    if body.get("seal_subject"):
        opened = opener.open(_subject(body), body.get("sealed"))
        if "feed" in body:
            shown["content"] = content(opened)
        else:
            shown |= opened
    return shown


def content(opened: Mapping[str, Any]) -> Item:
    """A record's subject and fields as a page may show them."""
    subject = dict(opened.get("subject") or {})
    if subject.get("id_number"):
        subject["id_number"] = mask_id(subject["id_number"])
    fields = {key: value for key, value in (opened.get("fields") or {}).items() if key not in HIDDEN_FIELDS}
    return {"subject": subject, **fields}
