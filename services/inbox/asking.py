"""What a request asks for: filters, cursors and ids, judged strictly and always within the account's area."""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.policy.parse import RISKS
from fangpin.ports import Account, HttpProblem

STATUSES = ("open", "verified", "dismissed", "helped", "withdrawn", "closed")
MOST = 100
DEFAULT = 50
MAX_TEXT = 200


def not_found() -> HttpProblem:
    """The same answer for what does not exist and for what lies in somebody else's area."""
    return HttpProblem(404, "NOT_FOUND", "没有这个对象，或不在您的辖区内。")


def wrong(field: str, detail: str) -> HttpProblem:
    """A query or body that cannot be meant."""
    return HttpProblem(422, "QUERY_INVALID", detail, extra={"field": field})


def officers_only(account: Account) -> Account:
    """A department's token has no business on an officer's route."""
    if account.is_department:
        raise HttpProblem(403, "FORBIDDEN", "部门令牌只能报送数据，不能查看预警和农户。")
    return account


def persons_only(account: Account) -> Account:
    """Routes that show people: for those who visit or lead them, not for analysts and auditors."""
    officers_only(account)
    if account.role not in ("village", "township", "county"):
        raise HttpProblem(403, "FORBIDDEN", "此账号不能查看到户到人的内容。")
    return account


def identity(text: str) -> UUID:
    """An id in a path; anything else is as unknown as an unknown id."""
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        raise not_found()
    return UUID(text)


def only(query: Mapping[str, object], *known: str) -> None:
    """Refuse parameters that the route does not have."""
    for name in query:
        if name not in known:
            raise wrong(name, f"不认识的参数。可用的是：{'、'.join(known)}。")


def day(query: Mapping[str, str], name: str) -> date | None:
    """A civil date in the query."""
    if name not in query:
        return None
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", query[name]):
        raise wrong(name, f"{name} 应写成 2021-11-01 这样的日期。")
    try:
        return date.fromisoformat(query[name])
    except ValueError:
        raise wrong(name, f"{name} 没有这一天。") from None


def instant(query: Mapping[str, str], name: str) -> datetime | None:
    """An instant in the query, or a civil date, which stands for its end."""
    text = query.get(name)
    if text is None:
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return datetime.fromisoformat(f"{text}T23:59:59.999999").replace(tzinfo=SHANGHAI)
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise wrong(name, f"{name} 应写成 2021-11-01 或 2021-11-01T10:00:00+08:00。")
    return found


def area(query: Mapping[str, str], account: Account, *names: str) -> str | None:
    """The area asked for, within the account's; None when it lies outside: an empty answer, not an error."""
    found = account.area
    for name in names:
        code = query.get(name)
        if code is None:
            continue
        if not re.fullmatch(r"[0-9]{6}|[0-9]{9}|[0-9]{12}", code) or (name == "county" and len(code) != 6):
            raise wrong(name, f"{name} 应为6、9或12位行政区划代码。")
        if code.startswith(found):
            found = code
        elif not found.startswith(code):
            return None
    return found


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
    limit: int
    after: tuple[str, str] | None

    def fingerprint(self, account: Account) -> str:
        """What a cursor is bound to: the account and every filter but the place in the list."""
        return repr(
            (
                account.kind,
                account.name,
                account.area,
                self.area,
                self.risk,
                self.status,
                self.household_no,
                self.since_from,
                self.since_to,
                self.stock,
            )
        )


_WARNING_FILTERS = (
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


def warnings_query(query: Mapping[str, str], account: Account, secret: bytes) -> WarningsQuery:
    """The filters of `GET /warnings`."""
    only(query, *_WARNING_FILTERS)
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
    limit = query.get("limit", str(DEFAULT))
    if not re.fullmatch(r"[0-9]{1,3}", limit) or not 1 <= int(limit) <= MOST:
        raise wrong("limit", f"limit 应在1至{MOST}之间。")
    asked = WarningsQuery(
        area=area(query, account, "county", "area"),
        risk=risk,
        status=status,
        household_no=household_no,
        since_from=day(query, "since_from"),
        since_to=day(query, "since_to"),
        stock=None if stock is None else stock == "true",
        limit=int(limit),
        after=None,
    )
    if "cursor" not in query:
        return asked
    after = read_cursor(query["cursor"], secret, asked.fingerprint(account))
    return WarningsQuery(
        **{name: getattr(asked, name) for name in WarningsQuery.__slots__ if name != "after"}, after=after
    )


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
