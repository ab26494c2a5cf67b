"""The list of warnings with its filters, each with how many it would show."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fangpin.areas import townships, villages
from fangpin.database import Connection
from fangpin.ports import Account
from services.frame.labels import STATUSES, risk_labels
from services.frame.rendering import Frame
from services.inbox import filters, reading
from services.inbox.cards import civil_dates, lines, overdue

ON_A_PAGE = 20
STOCKS = {"false": "新产生", "true": "存量（以往年度）"}
_STATUSES = ("open", "verified", "helped", "dismissed", "closed", "withdrawn")


def listing(frame: Frame, conn: Connection, account: Account, given: Mapping[str, str]) -> dict[str, Any]:
    """What the page and its live part show. Raises `HttpProblem` for filters that cannot be meant."""
    kept = {name: value for name, value in given.items() if value}
    only_overdue = kept.pop("overdue", "") == "true"
    secret = frame.deps.vault.cookie_secret
    query = filters.warnings_query({"limit": str(ON_A_PAGE), **kept}, account, secret, overdue=only_overdue)
    rows = reading.find_warnings(conn, query)
    if only_overdue:
        kept["overdue"] = "true"
    after = None
    if len(rows) > query.limit:
        last = rows[query.limit - 1]
        place = (last["raised_at"].isoformat(), str(last["warning_id"]))
        after = _address({**kept, "cursor": filters.make_cursor(place, secret, query.fingerprint(account))})
    facets = _facets(conn, query, account)
    first = {name: value for name, value in kept.items() if name != "cursor"}
    return {
        "items": lines(frame, conn, rows[: query.limit]),
        "asked": {name: first.get(name, "") for name in ("risk", "status", "area", "stock", "overdue")},
        "address": _address(kept),
        "first": _address(first) if "cursor" in kept else None,
        "next": after,
        "statuses": [
            {
                "label": "全部" if slug is None else STATUSES[slug],
                "slug": slug,
                "count": facets["status"][slug] if slug else _standing(facets["status"]),
                "here": not only_overdue and first.get("status") == slug,
                "href": _address(_without(first, "overdue", "status") | ({"status": slug} if slug else {})),
            }
            for slug in (None, *_STATUSES)
        ],
        "overdue": {
            "count": facets["overdue"][True],
            "here": only_overdue,
            "href": _address(_without(first, "overdue", "status") | {"overdue": "true"}),
        },
        "risks": _options(facets["risk"], risk_labels(frame.deps.book, account.county), first.get("risk")),
        "areas": _options(facets["area"], _area_names(account), first.get("area")),
        "stocks": _options(facets["stock"], STOCKS, first.get("stock")),
        "total": sum(facets["shown"].values()),
    }


def _facets(conn: Connection, query: filters.WarningsQuery, account: Account) -> dict[str, Counter[Any]]:
    """Per filter, how many of the account's warnings each of its values would leave, the others being as they are."""
    today = civil_dates(conn).get(account.county)
    facets: dict[str, Counter[Any]] = {
        name: Counter() for name in ("risk", "status", "area", "stock", "overdue", "shown")
    }
    rows = conn.execute(
        "SELECT risk, status, stock, due_on, left(village_code, %s), village_code LIKE %s::text, count(*) "
        "FROM inbox_warning WHERE village_code LIKE %s GROUP BY 1, 2, 3, 4, 5, 6",
        ({0: 6, 6: 9}.get(len(account.area), 12), query.area and query.area + "%", account.area + "%"),
    )
    for risk, status, stock, due_on, below, inside, count in rows:
        late = overdue(status, due_on, today)
        fits = {
            "risk": query.risk in (None, risk),
            "status": (query.status == status if query.status else status != "withdrawn")
            and (late or not query.overdue),
            "area": bool(inside),
            "stock": query.stock in (None, stock),
        }
        values = {"risk": risk, "status": status, "area": below, "stock": str(stock).lower()}
        for name, value in values.items():
            if all(fit for other, fit in fits.items() if other != name):
                facets[name][value] += count
        if late and all(fit for other, fit in fits.items() if other != "status"):
            facets["overdue"][True] += count
        if all(fits.values()):
            facets["shown"][True] += count
    return facets


def _standing(statuses: Counter[str]) -> int:
    return sum(count for status, count in statuses.items() if status != "withdrawn")


def _options(counts: Counter[Any], labels: Mapping[str, str], asked: str | None) -> list[dict[str, Any]]:
    """Values that some warning has, and the one asked for, with their counts."""
    return [
        {"value": value, "label": label, "count": counts[value]}
        for value, label in labels.items()
        if counts[value] or value == asked
    ]


def _area_names(account: Account) -> dict[str, str]:
    if len(account.area) == 6:
        return dict(townships(account.area))
    if len(account.area) == 9:
        county = villages(account.area[:6])
        return {code: village.name for code, village in county.items() if code.startswith(account.area)}
    return {}


def _without(given: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in given.items() if name not in names}


def _address(given: Mapping[str, str]) -> str:
    return "/inbox" + ("?" + urlencode(given) if given else "")
