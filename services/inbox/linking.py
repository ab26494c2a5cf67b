"""A county officer's decision about one record that has no household, and its undoing."""

from collections.abc import Mapping
from uuid import UUID

from fangpin.database import Connection
from fangpin.ports import Account, WebDependencies
from services.access.asking import not_found, wrong
from services.inbox import unplaced
from services.inbox.deciding import decide, household_of, key_of, reason_of

FEED = "match-decision"


def link(
    deps: WebDependencies, conn: Connection, account: Account, key: UUID, body: Mapping[str, object]
) -> dict[str, object]:
    """Decide that the record belongs to the household that `body` names, for the reason that it gives."""
    row = unplaced.find_one(conn, account, key)
    if row is None:
        raise not_found()
    if row["outcome"] == "matched" and not unplaced.decisions(conn, key):
        raise wrong("", "这条记录已按登记归户，不需要决定；登记有误请更正登记。")
    reason = reason_of(body)
    household, number = household_of(conn, account, body)
    deps.audit(account.name, "link-decided", f"{key} {household}")
    fields = _about(row) | {"household_no": number, "reason": reason}
    return decide(deps, conn, account, FEED, record_id_of(key), fields)


def undo(
    deps: WebDependencies, conn: Connection, account: Account, key: UUID, body: Mapping[str, object]
) -> dict[str, object]:
    """Take back the decision that holds about the record; matching says then where it belongs."""
    row = unplaced.find_one(conn, account, key)
    if row is None:
        raise not_found()
    reason = reason_of(body)
    standing = unplaced.decisions(conn, key)
    if not standing:
        raise wrong("", "这条记录没有生效的归户决定，可能刚被撤销，请刷新。")
    one = standing[0]
    ours = key_of(FEED, account.county, one.record_id)
    if ours != one.record_key or one.household_no is None:
        raise wrong("", "这项决定不是县级账号作出的，请由作出决定的系统撤回。")
    deps.audit(account.name, "link-undone", f"{key} {one.household_id}")
    fields = _about(row) | {"household_no": one.household_no, "reason": reason}
    return decide(deps, conn, account, FEED, one.record_id, fields, withdrawn=True)


def record_id_of(key: UUID) -> str:
    """The record id of the decision about a record: one record, one decision."""
    return f"link-{key.hex}"


def _about(row: Mapping[str, object]) -> dict[str, object]:
    return {"of_feed": row["feed"], "of_source": row["source"], "of_record_id": row["record_id"]}
