"""A village's finding, from the API or the page, on its way to the feed."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import uuid4

from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.feeds.finding import RESULTS
from fangpin.ports import Account, WebDependencies
from services.access.asking import wrong
from services.inbox.reading import Item

KNOWN = ("result", "visited_on", "note")


def usual_day(civil_date: date | None) -> date:
    """The day of the visit that a form proposes: the county's civil date, where it has one and a record may bear it."""
    latest = datetime.now(SHANGHAI).date() + timedelta(days=1)  # as of every record: the day after it is reported
    return latest - timedelta(days=1) if civil_date is None else min(civil_date, latest)


def send(deps: WebDependencies, account: Account, warning: Item, body: Mapping[str, object]) -> dict[str, object]:
    """Publish the finding; the body of the 202. Raises `HttpProblem` 422 for what cannot be meant."""
    for name in body:
        if name not in KNOWN:
            raise wrong("", f"不认识的字段。可用的是：{'、'.join(KNOWN)}。")
    if body.get("result") not in RESULTS.values():
        raise wrong(
            "result", f"result 应为其中之一：{'、'.join(f'{slug}（{label}）' for label, slug in RESULTS.items())}。"
        )
    raw: dict[str, object] = {
        "record_id": f"finding-{uuid4().hex}",
        "revision": 1,
        "status": "active",
        "county_code": warning["county_code"],
        "reported_at": datetime.now(SHANGHAI).isoformat(),
        "subject": {},
        "warning_id": str(warning["warning_id"]),
        "result": body.get("result"),
        "visited_on": body.get("visited_on"),
        "note": body.get("note") or None,
        "found_by": account.name,
    }
    deps.audit(account.name, "finding", str(warning["warning_id"]))
    return deps.publish_one(account, "finding", raw)
