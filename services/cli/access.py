"""With whose rights the command line sends: a department's token, or the session of an officer of a township or village."""

from typing import Any

import httpx

from fangpin.domain.feeds import FEEDS
from services.cli.sending import TIMEOUT, CannotSend

Access = dict[str, Any]  # what `credentials.json` holds


def token_for(access: Access, feed: str, county: str | None, department: str | None, officer: str | None) -> str:
    """The bearer token; the feed's departments are tried in order, unless one, or an officer by name, is asked for.

    Raises `CannotSend` when nobody in the credentials may send the feed for the county.
    """
    if officer is not None:
        return token_of(access, officer)
    senders = [department] if department else list(FEEDS[feed].departments)
    for sender in senders:
        for one in access["tokens"]:
            if sender == "hub" and one.get("role") == "operator":
                return str(one["token"])
            if one.get("department") == sender and one.get("county") == county:
                return str(one["token"])
        for one in access["officers"]:
            if one["role"] == sender and one["area"][:6] == county:
                return sign_in(access["url"], one)
    known = sorted({one["county"] for one in access["tokens"] if "county" in one})
    raise CannotSend(
        f"没有合适的令牌或账号（县区 {county or '未指明'}，部门 {'、'.join(senders)}）。"
        f"请用 --county 指明县区：{'、'.join(known)}，或用 --department 指明部门，用 --officer 指明乡镇、村的账号。"
    )


def token_of(access: Access, officer: str) -> str:
    """The token of a new session of the officer of that name. Raises `CannotSend` when the credentials know nobody so called."""
    for one in access["officers"]:
        if one["username"] == officer:
            return sign_in(access["url"], one)
    raise CannotSend(f"没有账号 {officer}。可用的账号见 credentials.json。")


def sign_in(url: str, officer: dict[str, str]) -> str:
    """The token of a new session of an officer."""
    login = {"username": officer["username"], "password": officer["password"]}
    answer = httpx.post(f"{url}/api/v1/session", json=login, timeout=TIMEOUT, trust_env=False)
    if answer.is_client_error:
        raise CannotSend(
            f"{officer['username']} 不能登录（{answer.status_code}）。请核对 credentials.json 或稍后再试。"
        )
    return str(answer.raise_for_status().json()["token"])
