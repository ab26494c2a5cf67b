"""Area warnings as officers see them: those that touch their area, with the households that lie in both."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from fangpin.database import Connection
from fangpin.domain.area_watch import STALE_AFTER
from fangpin.domain.feeds import FEEDS
from fangpin.ports import Account
from services.frame.labels import risk_labels
from services.frame.rendering import Frame
from services.inbox import reading
from services.inbox.telling import department, record

Item = dict[str, Any]
MOST = 200
STATUSES = {"open": True, "closed": False}
REASONS = {"over": "已过去", "withdrawn": "部门撤回了记录", "corrected": "部门更正了记录"}
_NAMES = (
    "area_warning_id", "county_code", "area_code", "cause", "since", "until", "risk", "households", "expected", "feed",
    "source", "record_id", "reason", "seal_subject", "sealed", "open", "raised_on", "changed_on",
)  # fmt: skip
# One area holds the other: of an area above one's own the officer is told too, of one beside it not.
_TOUCHES = "(area_code LIKE %(area)s || '%%' OR %(area)s LIKE area_code || '%%')"
_CURRENT = "status IN ('open', 'verified', 'helped')"


def area_warnings(conn: Connection, area: str, status: str | None) -> list[Item]:
    """Those that touch an area, open ones first, then the latest."""
    rows = conn.execute(
        f"SELECT {', '.join(_NAMES)} FROM area_warning WHERE {_TOUCHES} AND (%(open)s::bool IS NULL OR open = %(open)s) "
        "ORDER BY open DESC, raised_on DESC, area_code, area_warning_id LIMIT %(most)s",
        {"area": area, "open": STATUSES[status] if status else None, "most": MOST},
    )
    return [dict(zip(_NAMES, row, strict=True)) for row in rows]


def area_warning(conn: Connection, account: Account, identity: UUID) -> Item | None:
    """One that touches the account's area."""
    return area_warnings_of(conn, account, [identity]).get(identity)


def area_warnings_of(conn: Connection, account: Account, wanted: Collection[UUID]) -> dict[UUID, Item]:
    """Those of these that touch the account's area, by id."""
    rows = conn.execute(
        f"SELECT {', '.join(_NAMES)} FROM area_warning WHERE area_warning_id = ANY(%(ids)s) AND {_TOUCHES}",
        {"ids": list(wanted), "area": account.area},
    )
    return {row[0]: dict(zip(_NAMES, row, strict=True)) for row in rows}


def line(frame: Frame, item: Item) -> Item:
    """How lists show it: where, what, why, since when."""
    labels = risk_labels(frame.deps.book, item["county_code"])
    what, why = _TELLING[item["cause"]](item, labels)
    return {
        "area_warning_id": str(item["area_warning_id"]),
        "place": " ".join(
            frame.place(item["area_code"][:width]) for width in (9, 12) if width <= len(item["area_code"])
        )
        or frame.place(item["area_code"]),
        "what": what,
        "why": why,
        "open": item["open"],
        "raised_on": item["raised_on"],
        "reason": None if item["open"] else REASONS.get(item["reason"], item["reason"]),
        "closed_on": None if item["open"] else item["changed_on"],
    }


def content(item: Item, opener: reading.Opener) -> str | None:
    """The record about the area, in words; None where there is none."""
    if item["feed"] is None or item["sealed"] is None:
        return None
    subject = bytes(item["seal_subject"])
    opener.need([subject])
    found = opener.open(subject, bytes(item["sealed"]))
    if not found:
        return None
    return f"{department(item['source'])}报送：{record(item['feed'], reading.content(found))}"


def households(conn: Connection, account: Account, item: Item) -> tuple[list[reading.Item], int]:
    """The warnings of households in the account's part of the area that it is about, the latest first; and how many."""
    area = max(account.area, item["area_code"], key=len)
    where, values = ["village_code LIKE %s", _CURRENT, "since >= %s"], [area + "%", item["since"]]
    if item["cause"] == "register":
        return [], 0
    if item["cause"] == "cluster":
        where += ["since <= %s", "risk = %s", "NOT stock"]
        values += [item["until"], item["risk"]]
    return reading.warnings_where(conn, " AND ".join(where), values, MOST)


def as_json(item: Item) -> Item:
    """The API's form."""
    return {
        "area_warning_id": str(item["area_warning_id"]),
        "county_code": item["county_code"],
        "area_code": item["area_code"],
        "cause": item["cause"],
        "risk": item["risk"],
        "since": item["since"].isoformat(),
        "until": item["until"].isoformat() if item["until"] else None,
        "households": item["households"],
        "expected": item["expected"],
        "feed": item["feed"],
        "record_id": item["record_id"],
        "status": "open" if item["open"] else "closed",
        "raised_on": item["raised_on"].isoformat(),
        "closed_on": None if item["open"] else item["changed_on"].isoformat(),
        "reason": item["reason"],
    }


def _event(item: Item, _labels: Mapping[str, str]) -> tuple[str, str]:
    until = f"至 {item['until']}" if item["until"] else "起，没有报送结束日期"
    return FEEDS[item["feed"]].title, f"{item['since']} {until}"


def _cluster(item: Item, labels: Mapping[str, str]) -> tuple[str, str]:
    what = f"{labels.get(item['risk'], item['risk'])}预警集中"
    return (
        what,
        f"{item['since']} 至 {item['until']} 有 {item['households']} 户，按全县平时预计 {item['expected']:g} 户",
    )


def _register(item: Item, _labels: Mapping[str, str]) -> tuple[str, str]:
    return "农户登记过期", f"{item['households']} 户的登记自 {item['since']} 起没有更新，超过 {STALE_AFTER.days} 天"


_TELLING = {"event": _event, "cluster": _cluster, "register": _register}
