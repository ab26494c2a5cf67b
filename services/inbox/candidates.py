"""Which households a record without one may belong to, with what speaks for each. For a person to choose, never the hub."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from fangpin.database import Connection
from fangpin.domain.identity import mask_id
from fangpin.domain.register import FOREVER
from fangpin.ports import Account
from fangpin.vault import household_subject
from services.inbox.reading import Item, Opener, heads
from services.inbox.telling import department

MOST = 20
_PERSON, _NUMBER, _BIRTH, _NAME = 8, 6, 3, 2  # how much each speaks for a household, for the order alone


@dataclass(slots=True)
class Candidate:
    """A household of the county, what speaks for it, and who of it looks like the person of the record."""

    household_id: UUID
    household_no: str = ""
    village_code: str = ""
    head: str | None = None
    phone: str | None = None
    alike: list[Item] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    weight: int = 0

    def for_it(self, weight: int, reason: str) -> None:
        """One more thing that speaks for it."""
        self.weight += weight
        self.reasons.append(reason)


def candidates(
    conn: Connection, account: Account, row: Item, subject: Mapping[str, Any], opener: Opener
) -> list[Candidate]:
    """The likeliest first. `subject` is the record's own, opened: its name and its whole identity number."""
    found: dict[UUID, Candidate] = {}
    for household, first, last in _memberships(conn, account, row):
        until = "至今" if last == FOREVER else f"至 {last}（不含）"
        since = "建户起" if first == date.min else f"{first} 起"
        _of(found, household).for_it(_PERSON, f"此身份证号{since}{until}登记在本户")
    for household, used_by, first, end in _aliases(conn, account, row):
        of = department(used_by) if used_by else "各部门"
        span = f"{first} 至 {end}" if end else f"{first} 起"
        _of(found, household).for_it(_NUMBER, f"户号对照中，此编号是本户的编号（{of}，{span}）")
    for household in _namesakes(conn, account, row):
        _of(found, household)
    _describe(conn, account, found, row, subject, opener)
    known = [one for one in found.values() if one.household_no]
    return sorted(known, key=lambda one: (-one.weight, one.household_no))[:MOST]


def _of(found: dict[UUID, Candidate], household: UUID) -> Candidate:
    return found.setdefault(household, Candidate(household))


def _memberships(conn: Connection, account: Account, row: Item) -> Iterable[tuple[UUID, date, date]]:
    if row["person_key"] is None:
        return []
    return conn.execute(
        "SELECT household_id, valid_from, valid_until FROM membership WHERE person_key = %s AND county_code = %s "
        "ORDER BY valid_from",
        (row["person_key"], account.county),
    ).fetchall()


def _aliases(conn: Connection, account: Account, row: Item) -> Iterable[tuple[UUID, str | None, date, date | None]]:
    if row["household_no"] is None:
        return []
    return conn.execute(
        "SELECT household_id, used_by, valid_from, valid_until FROM household_alias "
        "WHERE county_code = %s AND other_no = %s ORDER BY valid_from",
        (account.county, row["household_no"]),
    ).fetchall()


def _namesakes(conn: Connection, account: Account, row: Item) -> list[UUID]:
    if row["name_key"] is None:
        return []
    rows = conn.execute(
        "SELECT household_id FROM inbox_household WHERE county_code = %s AND active AND names @> ARRAY[%s]::bytea[] "
        "ORDER BY household_no LIMIT 100",
        (account.county, row["name_key"]),
    )
    return [household for (household,) in rows]


def _describe(
    conn: Connection,
    account: Account,
    found: dict[UUID, Candidate],
    row: Item,
    subject: Mapping[str, Any],
    opener: Opener,
) -> None:
    """Number, village, head and telephone of each, and the members who have the record's name or number."""
    rows = conn.execute(
        "SELECT household_id, household_no, village_code, data FROM inbox_household "
        "WHERE household_id = ANY(%s) AND county_code = %s AND active",
        (list(found), account.county),
    ).fetchall()
    opener.need(household_subject(one[0]) for one in rows)
    opener.need(bytes.fromhex(member["person_key"]) for one in rows for member in one[3]["members"])
    named = heads(conn, [one[0] for one in rows], opener)
    name_key = bytes(row["name_key"]).hex() if row["name_key"] is not None else None
    born = birth_of(subject.get("id_number"))
    for household, number, village, data in rows:
        one = found[household]
        one.household_no, one.village_code, one.head = number, village, named.get(household)
        one.phone = opener.open(household_subject(household), data.get("sealed")).get("phone")
        for member in data["members"]:
            person = bytes.fromhex(member["person_key"])
            same = row["person_key"] is not None and person == bytes(row["person_key"])
            namesake = name_key is not None and member["name_key"] == name_key
            if not same and not namesake:
                continue
            opened = opener.open(person, member["sealed"])
            birth = birth_of(opened.get("id_number"))
            one.alike.append(
                {
                    "name": opened.get("name"),
                    "born": birth,
                    "id_number": mask_id(opened["id_number"]) if opened.get("id_number") else None,
                    "relation": member["relation"],
                }
            )
            if namesake and not same:
                _compare(one, birth, born)


def _compare(one: Candidate, birth: str | None, born: str | None) -> None:
    if born is not None and birth == born:
        one.for_it(_NAME + _BIRTH, "有成员姓名、出生日期都与记录相同，身份证号不同")
    elif born is not None and birth is not None:
        one.for_it(_NAME, "有成员与记录同名，出生日期不同")
    else:
        one.for_it(_NAME, "有成员与记录同名")


def birth_of(number: str | None) -> str | None:
    """The date of birth in an identity number."""
    return f"{number[6:10]}-{number[10:12]}-{number[12:14]}" if number else None
