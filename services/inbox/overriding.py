"""A county officer's written reason why a situation found does not stand in a household's way, and its withdrawal."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fangpin.database import Connection
from fangpin.domain.exclusions import Override
from fangpin.ports import Account, WebDependencies
from services.access.asking import not_found, wrong
from services.inbox.deciding import decide, key_of, reason_of
from services.inbox.exclusions import OVERRIDE
from services.inbox.reading import Item


def override(
    deps: WebDependencies,
    conn: Connection,
    account: Account,
    household: Item,
    row: Mapping[str, Any],
    body: Mapping[str, object],
) -> dict[str, object]:
    """Send the reason; `row` is the situation's on the sheet. Only what was found can be overridden."""
    reason = reason_of(body)
    if row["state"] != "hit":
        raise wrong("situation", "这一情形现在没有部门答复“有”，不需要专门说明，请刷新。")
    fields = _about(household, row) | {"reason": reason}
    deps.audit(account.name, "exclusion-overridden", f"{household['household_id']} {row['number']}")
    return decide(deps, conn, account, OVERRIDE, record_id_of(household["household_id"], row["number"]), fields)


def withdraw(
    deps: WebDependencies,
    conn: Connection,
    account: Account,
    household: Item,
    row: Mapping[str, Any],
    body: Mapping[str, object],
) -> dict[str, object]:
    """Take it back, for a reason."""
    reason = reason_of(body)
    standing: Override | None = row["override"]
    if standing is None:
        raise wrong("situation", "这一情形没有生效的专门说明，可能刚被撤回，请刷新。")
    if standing.source != account.department:
        raise wrong("situation", "这项说明不是县级账号作出的，请由作出说明的系统撤回。")
    fields = _about(household, row) | {"reason": reason}
    deps.audit(account.name, "exclusion-override-withdrawn", f"{household['household_id']} {row['number']}")
    return decide(deps, conn, account, OVERRIDE, standing.record_id, fields, withdrawn=True)


def row_of(sheet: Mapping[str, Any] | None, number: str) -> dict[str, Any]:
    """The situation of that number on the sheet, or 404."""
    for row in sheet["rows"] if sheet is not None else ():
        if str(row["number"]) == number:
            found: dict[str, Any] = row
            return found
    raise not_found()


def record_id_of(household: UUID, situation: int) -> str:
    """One decision a household and situation."""
    return f"override-{household.hex}-{situation}"


def took_effect(conn: Connection, account: Account, receipt: UUID, events: list[Item]) -> bool:
    """Whether the household's history has what the receipt is of."""
    sent = conn.execute(
        "SELECT record_id, revision, record_key FROM receipt_item JOIN receipt USING (receipt_id) "
        "WHERE receipt_id = %s AND position = 0 AND county = %s",
        (receipt, account.county),
    ).fetchone()
    if sent is None:
        return True
    ours = key_of(OVERRIDE, account.county, sent[0])
    if sent[2] != ours:
        return True
    return any(
        event["data"].get("record_id") == sent[0] and event["data"].get("revision") == sent[1] for event in events
    )


def _about(household: Item, row: Mapping[str, Any]) -> dict[str, object]:
    return {"household_no": household["household_no"], "situation": row["number"]}
