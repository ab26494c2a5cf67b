"""Finding households by number, or by a person's name or identity number. Every search is audited, without any of them."""

from datetime import datetime

from fangpin.database import Connection
from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.errors import Refused
from fangpin.domain.identity import normalise_id
from fangpin.ports import Account, WebDependencies
from services.access.asking import MAX_TEXT, wrong
from services.inbox import reading
from services.inbox.filters import MOST, make_cursor, read_cursor


def search(
    deps: WebDependencies,
    conn: Connection,
    account: Account,
    *,
    household_no: str | None = None,
    name: str | None = None,
    id_number: str | None = None,
    limit: int = MOST,
    cursor: str | None = None,
) -> tuple[list[reading.Item], str | None]:
    """A page of the households of the account's area that fit everything given, and the cursor of the next.

    Raises `HttpProblem` 422 for nothing, or nonsense, and 400 for a cursor of another search.
    """
    number, name, id_number = ((one or "").strip() for one in (household_no, name, id_number))
    if not (number or name or id_number):
        raise wrong("", "请填写户编号、姓名或身份证号。" if household_no is not None else "请填写姓名或身份证号。")
    if any(len(one) > MAX_TEXT or "\0" in one for one in (number, name)):
        raise wrong("", "内容太长或含有不能用的字符。")
    person = None
    if id_number:
        try:
            person = deps.vault.person_key(normalise_id(id_number, datetime.now(SHANGHAI).date())[0])
        except Refused as refused:
            raise wrong("id_number", refused.problems[0].message) from None
    given = [key for key, value in (("household_no", number), ("name", name), ("id_number", id_number)) if value]
    deps.audit(account.name, "search", " ".join(given))
    name_key = deps.vault.name_key(name) if name else None
    return listed(
        deps, conn, account, household_no=number or None, person=person, name=name_key, limit=limit, cursor=cursor
    )


def listed(
    deps: WebDependencies,
    conn: Connection,
    account: Account,
    *,
    household_no: str | None = None,
    person: bytes | None = None,
    name: bytes | None = None,
    limit: int,
    cursor: str | None,
) -> tuple[list[reading.Item], str | None]:
    """A page of households, and the cursor of the next. The cursor holds a household's number, nothing of a person."""
    secret = deps.vault.cookie_secret
    bound_to = repr(("households", account.kind, account.name, account.area, household_no, person, name))
    after = None if cursor is None else read_cursor(cursor, secret, bound_to)
    rows = reading.find_households(
        conn, account, household_no=household_no, person=person, name=name, limit=limit, after=after
    )
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    place = (last["household_no"], str(last["household_id"]))
    return rows[:limit], make_cursor(place, secret, bound_to)
