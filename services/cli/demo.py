"""The demo: two counties' registers, then what their departments reported in recent weeks, through the front door."""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from fangpin.domain.feeds import FEEDS
from services.simulator import simulate_records, simulate_register

COUNTIES = ("530925", "410922")
HOUSEHOLDS = 2000
RECORDS = 1400
WEEKS = 8
SEED = 7
CHUNK = 500
RETRY_S = (0.5, 1, 2, 4, 8)  # what a part needs to come back
Progress = Callable[[str, int, int], None]


def play(credentials: dict[str, Any], today: date, tell: Progress, stopping: Callable[[], bool]) -> bool:
    """Send everything; True when it was sent to the end. Sending it again has no effect."""
    tokens = {(one.get("county"), one.get("department")): one["token"] for one in credentials["tokens"]}
    with httpx.Client(base_url=credentials["url"], timeout=60, trust_env=False) as client:
        for county in COUNTIES:
            register = list(simulate_register(county, HOUSEHOLDS, SEED, today))
            for number, chunk in enumerate(_chunks(register)):
                if stopping():
                    return False
                _send(client, tokens[county, "rural-revitalisation"], "household-register", chunk)
                tell(f"{county} 农户登记", min((number + 1) * CHUNK, HOUSEHOLDS), HOUSEHOLDS)
        return _records(client, tokens, today, tell, stopping)


def _records(
    client: httpx.Client,
    tokens: dict[tuple[str | None, str | None], str],
    today: date,
    tell: Progress,
    stopping: Callable[[], bool],
) -> bool:
    """Day by day, both counties side by side, as it would have been."""
    by_day: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for county in COUNTIES:
        register = list(simulate_register(county, HOUSEHOLDS, SEED, today))
        for record in simulate_records(county, register, SEED, today - timedelta(weeks=WEEKS), today, RECORDS):
            by_day[str(record["reported_at"])[:10]].append(record)
    for number, day in enumerate(sorted(by_day), 1):
        groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for record in by_day[day]:
            groups[record["county_code"], record["feed"]].append(record)
        for (county, feed), records in groups.items():
            if stopping():
                return False
            _send(client, tokens[county, FEEDS[feed].departments[0]], feed, records)
        tell(f"各部门 {day} 的记录", number, len(by_day))
    return True


def _chunks(records: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(records), CHUNK):
        yield records[start : start + CHUNK]


def _send(client: httpx.Client, token: str, feed: str, records: list[dict[str, Any]]) -> None:
    lines = "\n".join(json.dumps({k: v for k, v in one.items() if k != "feed"}, ensure_ascii=False) for one in records)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    for wait in (*RETRY_S, None):
        try:
            answer = client.post(f"/api/v1/feeds/{feed}/records", content=lines.encode(), headers=headers)
            answer.raise_for_status()
            return
        except httpx.HTTPError:
            if wait is None:
                raise
            time.sleep(wait)  # the web process is being started again; sending once more is safe


def marker(data_dir: Path) -> Path:
    """Whose presence says that this directory has its demo."""
    return data_dir / "demo-played"
