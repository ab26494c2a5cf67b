"""Who sees a county's policy, and who may change it."""

import re

from fangpin.ports import Account, HttpProblem
from services.access import asking

SEEING = ("county", "analyst", "auditor", "operator")
DECIDING = ("county", "operator")
TRYING = ("county", "analyst")


def seeing(account: Account) -> Account:
    """Raises 403 for those whose work is with families, and for departments."""
    return _of(account, SEEING, "此账号不能查看政策包，请联系县级管理员。")


def deciding(account: Account) -> Account:
    """Raises 403 for everybody but county officers and the operator."""
    return _of(account, DECIDING, "只有县级账号可以提出、批准或撤回政策包。")


def trying(account: Account) -> Account:
    """Raises 403 for everybody but county officers and analysts."""
    return _of(account, TRYING, "只有县级账号和分析账号可以推演政策、比较各县规则。")


def county_of(account: Account, asked: str | None) -> str:
    """The county asked for, by default the account's own. Raises 404 for a foreign one, 422 when none is known."""
    if asked is not None and not re.fullmatch("[0-9]{6}", asked):
        raise asking.wrong("county", "county 应为6位县区代码。")
    county = asked or account.county
    if not county:
        raise asking.wrong("county", "请用 county 指明县区代码。")
    if account.county and county != account.county:
        raise asking.not_found()
    return county


def _of(account: Account, roles: tuple[str, ...], otherwise: str) -> Account:
    asking.officers_only(account)
    if account.role not in roles:
        raise HttpProblem(403, "FORBIDDEN", otherwise)
    return account
