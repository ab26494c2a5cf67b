"""What a request may ask for: who may at all, ids, dates and areas, judged strictly and within the account's area."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from fangpin.domain.calendar import SHANGHAI
from fangpin.ports import Account, HttpProblem

MAX_TEXT = 200
VISITING = ("village", "township", "county")


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


def sees_people(account: Account) -> bool:
    """Whether the account is of those who visit families or lead those who do."""
    return account.role in VISITING


def persons_only(account: Account) -> Account:
    """Routes that show people: for those who visit or lead them, not for analysts and auditors."""
    officers_only(account)
    if not sees_people(account):
        raise HttpProblem(403, "FORBIDDEN", "此账号不能查看到户到人的内容。")
    return account


def county_only(account: Account) -> Account:
    """Routes on which a county decides: for its own officers."""
    persons_only(account)
    if account.role != "county":
        raise HttpProblem(403, "FORBIDDEN", "只有县级干部可以查看和决定。")
    return account


def identity(text: str) -> UUID:
    """An id in a path; anything else is as unknown as an unknown id."""
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        raise not_found()
    return UUID(text)


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
