"""A county officer's entry in the table of other household numbers, and its withdrawal: each a record, with its reason."""

from collections.abc import Mapping
from hashlib import blake2b
from uuid import UUID

from fangpin.database import Connection
from fangpin.ports import Account, WebDependencies
from services.access.asking import not_found, wrong
from services.inbox import aliases
from services.inbox.deciding import decide, household_of, key_of, reason_of

NAMES = ("kind", "other_no", "household_no", "used_by", "from", "until")


def add(deps: WebDependencies, conn: Connection, account: Account, body: Mapping[str, object]) -> dict[str, object]:
    """Send it. Raises `HttpProblem` 422 for what cannot be meant, and for one that stands already."""
    reason = reason_of(body)
    _, number = household_of(conn, account, body)
    given = {name: value.strip() for name in NAMES if isinstance(value := body.get(name), str)}
    fields: dict[str, object] = {name: given[name] for name in NAMES if given.get(name)}
    fields["household_no"] = number
    for name, told in (
        ("kind", "请选择编号类别。"),
        ("other_no", "请填写部门使用的编号。"),
        ("from", "请填写开始日期。"),
    ):
        if name not in fields:
            raise wrong(name, told)
    if fields["other_no"] == number:
        raise wrong("other_no", "两个编号相同，不需要对照。")
    record_id = record_id_of(fields)
    standing = aliases.find_one(conn, account, key_of(aliases.FEED, account.county, record_id))
    if standing is not None and not standing["withdrawn"]:
        raise wrong("other_no", "这条对照已经在表中；要改使用部门、结束日期或理由，请先撤回。")
    deps.audit(account.name, "alias-added", f"{record_id} {number}")
    return decide(deps, conn, account, aliases.FEED, record_id, fields | {"reason": reason})


def withdraw(
    deps: WebDependencies, conn: Connection, account: Account, key: UUID, body: Mapping[str, object]
) -> dict[str, object]:
    """Take one back, for a reason; what was matched by it is matched again."""
    row = aliases.find_one(conn, account, key)
    if row is None:
        raise not_found()
    reason = reason_of(body)
    if row["withdrawn"]:
        raise wrong("", "这条对照已经撤回，请刷新。")
    if row["source"] != account.department:
        raise wrong("", "这条对照不是县级账号登记的，请由登记的系统撤回。")
    opened = aliases.content(conn, deps.vault, [row])[key]
    fields = {name: value for name in NAMES if (value := opened.get(name)) is not None}
    if "household_no" not in fields:
        raise wrong("", "这条对照的内容已删除，不能在这里撤回。")
    deps.audit(account.name, "alias-withdrawn", str(key))
    return decide(deps, conn, account, aliases.FEED, row["record_id"], fields | {"reason": reason}, withdrawn=True)


def record_id_of(fields: Mapping[str, object]) -> str:
    """One record for what makes an alias this one, so that it can be withdrawn and entered again."""
    named = "\x1f".join(str(fields[name]) for name in ("kind", "other_no", "household_no", "from"))
    return f"alias-{blake2b(named.encode(), digest_size=16).hexdigest()}"
