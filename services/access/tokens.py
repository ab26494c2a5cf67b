"""Tokens of an operator's own making, beside those that `up` makes: a department's further systems have one each.

They have names of their own, which tells them from `up`'s, whose names are those of departments and roles. A token is
shown once and kept as a hash; a revoked one is void within seconds (`door.CACHE_S`).
"""

from dataclasses import dataclass

from fangpin.areas import villages
from fangpin.database import Connection
from fangpin.domain.feeds import DEPARTMENTS
from services.access.auditing import audit
from services.access.naming import CannotKeepError, check_name
from services.access.secrets_kept import new_token, token_hash
from services.access.seed import NO_TOKEN

OWN = "name <> coalesce(department, role)"  # of an operator's making


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret. `own`: of an operator's making; the others follow `credentials.json`."""

    name: str
    role: str
    county: str
    department: str | None
    own: bool


def tokens(conn: Connection, county: str) -> list[Token]:
    """Those of a county, of every county with an empty one; by county and name."""
    rows = conn.execute(
        f"SELECT name, role, county, department, {OWN} FROM token WHERE starts_with(county, %s) ORDER BY county, name",
        (county,),
    )
    return [Token(*row) for row in rows.fetchall()]


def add(conn: Connection, actor: str, name: str, department: str, county: str) -> str:
    """A new token for the feeds of a department in a county. Raises `CannotKeepError`."""
    _check(name, department, county)
    conn.execute("LOCK TABLE token IN SHARE ROW EXCLUSIVE MODE")  # two at once cannot take one name
    if conn.execute("SELECT 1 FROM token WHERE name = %s", (name,)).fetchone() is not None:
        raise CannotKeepError(f"令牌 {name} 已经有了。请换一个名字，或先用 fangpin tokens revoke 撤销它。")
    token = new_token()
    conn.execute(
        "INSERT INTO token (token_hash, name, role, county, department) VALUES (%s, %s, 'department', %s, %s)",
        (token_hash(token), name, county, department),
    )
    audit(conn, actor, "token-added", name)
    return token


def revoke(conn: Connection, actor: str, name: str) -> None:
    """Take a token away. Raises `CannotKeepError`, also for those of `credentials.json`."""
    if conn.execute(f"DELETE FROM token WHERE name = %s AND {OWN}", (name,)).rowcount == 0:
        if conn.execute("SELECT 1 FROM token WHERE name = %s", (name,)).fetchone() is not None:
            raise CannotKeepError(
                f"令牌 {name} 由 credentials.json 管理：请在该文件中删去这一条并重新启动，会生成新令牌，旧的随即失效。"
            )
        raise CannotKeepError(f"没有令牌 {name}。可用 fangpin tokens list 查看。")
    audit(conn, actor, "token-revoked", name)


def _check(name: str, department: str, county: str) -> None:
    check_name("名字", name)
    if name in DEPARTMENTS or name in ("analyst", "operator"):
        raise CannotKeepError(f"“{name}”是部门或角色的代号，请另取名字，如 {department}-his。")
    known = [slug for slug in DEPARTMENTS if slug not in NO_TOKEN]
    if department not in known:
        raise CannotKeepError(f"没有“{department}”这个部门，或它不用令牌。可用的是：{'、'.join(known)}。")
    if len(county) != 6 or not (county.isascii() and county.isdigit()) or not villages(county):
        raise CannotKeepError(f"县区应为6位代码，且在名录（policies/areas）里，“{county}”不是。")
