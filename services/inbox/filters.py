"""The filters of a list of warnings, and the cursors that say where its next page begins."""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from fangpin.domain.policy.rule_faults import RISKS
from fangpin.ports import Account, HttpProblem
from services.access.asking import MAX_TEXT, area, day, wrong

STATUSES = ("open", "verified", "dismissed", "helped", "withdrawn", "closed")
MOST = 100
DEFAULT = 50


@dataclass(frozen=True, slots=True)
class WarningsQuery:
    """The filters of a list of warnings; `area` None: nothing can match."""

    area: str | None
    risk: str | None
    status: str | None
    household_no: str | None
    since_from: date | None
    since_to: date | None
    stock: bool | None
    overdue: bool
    limit: int
    after: tuple[str, str] | None

    def fingerprint(self, account: Account) -> str:
        """What a cursor is bound to: the account and every filter but the place in the list."""
        return repr((account.kind, account.name, account.area, replace(self, limit=0, after=None)))


WARNING_FILTERS = (
    "county",
    "area",
    "risk",
    "status",
    "household_no",
    "since_from",
    "since_to",
    "stock",
    "limit",
    "cursor",
)


def warnings_query(
    query: Mapping[str, str], account: Account, secret: bytes, *, overdue: bool = False
) -> WarningsQuery:
    """The filters of `GET /warnings` (WARNING_FILTERS); `overdue` is the pages' own: open ones whose day for the village has passed."""
    risk, status, stock = query.get("risk"), query.get("status"), query.get("stock")
    if risk is not None and risk not in RISKS:
        raise wrong("risk", f"risk 应为其中之一：{'、'.join(RISKS)}。")
    if status is not None and status not in STATUSES:
        raise wrong("status", f"status 应为其中之一：{'、'.join(STATUSES)}。")
    if stock is not None and stock not in ("true", "false"):
        raise wrong("stock", "stock 应为 true 或 false。")
    household_no = query.get("household_no")
    if household_no is not None and (not household_no or len(household_no) > MAX_TEXT or "\0" in household_no):
        raise wrong("household_no", "household_no 太长或含有不能用的字符。")
    since_from, since_to = day(query, "since_from"), day(query, "since_to")
    if since_from is not None and since_to is not None and since_from > since_to:
        raise wrong("since_from", f"since_from（{since_from}）晚于 since_to（{since_to}），请对调或更正两个日期。")
    limit = limit_of(query)
    asked = WarningsQuery(
        area=area(query, account, "county", "area"),
        risk=risk,
        status=status,
        household_no=household_no,
        since_from=since_from,
        since_to=since_to,
        stock=None if stock is None else stock == "true",
        overdue=overdue,
        limit=limit,
        after=None,
    )
    if "cursor" not in query:
        return asked
    return replace(asked, after=read_cursor(query["cursor"], secret, asked.fingerprint(account)))


def limit_of(query: Mapping[str, str]) -> int:
    """How many items a page of a list has at most."""
    limit = query.get("limit", str(DEFAULT))
    if not re.fullmatch(r"[0-9]{1,3}", limit) or not 1 <= int(limit) <= MOST:
        raise wrong("limit", f"limit 应在1至{MOST}之间。")
    return int(limit)


def make_cursor(after: tuple[str, str], secret: bytes, bound_to: str) -> str:
    """A place in a list, signed, and bound to whose list it is."""
    body = json.dumps(after).encode()
    return base64.urlsafe_b64encode(_sign(body, secret, bound_to) + body).decode().rstrip("=")


def read_cursor(text: str, secret: bytes, bound_to: str) -> tuple[str, str]:
    """The place; a cursor that was changed, or is another list's, is refused."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        signature, body = raw[:16], raw[16:]
        if hmac.compare_digest(signature, _sign(body, secret, bound_to)):
            first, second = json.loads(body)
            return first, second
    except (ValueError, UnicodeError):
        pass
    raise HttpProblem(400, "CURSOR_INVALID", "cursor 无效或属于另一次查询，请从第一页重新开始。")


def _sign(body: bytes, secret: bytes, bound_to: str) -> bytes:
    return hmac.new(secret, bound_to.encode() + b"\0" + body, sha256).digest()[:16]
