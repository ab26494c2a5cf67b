"""Officers as an operator keeps them: added, given a new password, taken away. Secrets are shown once and kept as hashes."""

from collections.abc import Mapping
from dataclasses import dataclass

from fangpin.areas import area_name, townships, villages
from fangpin.database import Connection
from fangpin.ports import Role
from services.access.auditing import audit
from services.access.naming import CannotKeepError, check_name
from services.access.secrets_kept import new_password, password_hash

DIGITS: Mapping[Role, int] = {"village": 12, "township": 9, "county": 6, "analyst": 6, "auditor": 6}


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer without any secret."""

    username: str
    role: str
    area: str
    area_name: str


def officers(conn: Connection, area: str) -> list[Officer]:
    """Those whose area begins with these digits, by area and name."""
    rows = conn.execute(
        "SELECT username, role, area FROM officer WHERE starts_with(area, %s) ORDER BY area, username", (area,)
    )
    return [Officer(username, role, code, area_name(code, {})) for username, role, code in rows.fetchall()]


def add(conn: Connection, actor: str, username: str, role: str, area: str) -> str:
    """A new officer's first password. Raises `CannotKeepError`."""
    check_name("账号", username)
    _check_area(role, area)
    password = new_password()
    added = conn.execute(
        "INSERT INTO officer (username, password_hash, role, county, area) VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT DO NOTHING",
        (username, password_hash(password), role, area[:6], area),
    )
    if added.rowcount != 1:
        raise CannotKeepError(f"账号 {username} 已经有了。请换一个账号名，或用 password 给它新密码。")
    audit(conn, actor, "officer-added", username)
    return password


def renew_password(conn: Connection, actor: str, username: str) -> str:
    """A new password; whoever is signed in by the old one is signed out. Raises `CannotKeepError`."""
    password = new_password()
    changed = conn.execute(
        "UPDATE officer SET password_hash = %s WHERE username = %s", (password_hash(password), username)
    )
    if changed.rowcount != 1:
        raise _unknown(username)
    conn.execute("DELETE FROM session WHERE username = %s", (username,))
    audit(conn, actor, "officer-password", username)
    return password


def remove(conn: Connection, actor: str, username: str) -> None:
    """Take an account away, with its sessions; what it has done stays in the audit. Raises `CannotKeepError`."""
    conn.execute("DELETE FROM session WHERE username = %s", (username,))
    if conn.execute("DELETE FROM officer WHERE username = %s", (username,)).rowcount != 1:
        raise _unknown(username)
    audit(conn, actor, "officer-removed", username)


def _check_area(role: str, area: str) -> None:
    digits = next((width for own, width in DIGITS.items() if own == role), None)
    if digits is None:
        raise CannotKeepError(f"没有“{role}”这种角色。可用的是：{'、'.join(DIGITS)}。")
    if len(area) != digits or not (area.isascii() and area.isdigit()):
        raise CannotKeepError(f"{role} 的地区应为{digits}位代码，“{area}”不是。")
    known = {12: villages(area[:6]), 9: townships(area[:6])}.get(digits)
    if known is not None and area not in known:
        raise CannotKeepError(f"县区 {area[:6]} 的名录（policies/areas）里没有 {area}，请核对代码。")


def _unknown(username: str) -> CannotKeepError:
    return CannotKeepError(f"没有账号 {username}。可用 fangpin officers list 查看。")
