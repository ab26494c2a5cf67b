"""The demo: the counties' registers, then what their departments reported in recent weeks, through the front door."""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from fangpin.domain.feeds import FEEDS
from services.cli.access import sign_in
from services.simulator import simulate_records, simulate_register
from services.simulator.feeds import sender

HOUSEHOLDS = 2000  # a county
RECORDS = 900
WEEKS = 8
SEED = 7
CHUNK = 500
RETRY_S = (0.5, 1, 2, 4, 8)  # what a part needs to come back
Progress = Callable[[str, int, int], None]
Record = dict[str, Any]


def play(credentials: dict[str, Any], today: date, tell: Progress, stopping: Callable[[], bool]) -> bool:
    """Send everything; True when it was sent to the end. Sending it again has no effect."""
    counties = sorted({one["county"] for one in credentials["tokens"] if "county" in one})
    registers = {county: list(simulate_register(county, HOUSEHOLDS, SEED, today)) for county in counties}
    with httpx.Client(base_url=credentials["url"], timeout=60, trust_env=False) as client:
        senders = Senders(credentials)
        for county, register in registers.items():
            for number, chunk in enumerate(_chunks(register)):
                if stopping():
                    return False
                _send(client, senders.token(county, "rural-revitalisation"), "household-register", chunk)
                tell(f"{county} 农户登记", min((number + 1) * CHUNK, HOUSEHOLDS), HOUSEHOLDS)
        return _records(client, senders, registers, today, tell, stopping)


class Senders:
    """Tokens by county and sender; townships and villages sign in as officers, and speak for their own area."""

    def __init__(self, credentials: dict[str, Any]) -> None:
        self._url = str(credentials["url"])
        self._tokens: dict[tuple[str, str], str] = {
            (one["county"], one["department"]): one["token"] for one in credentials["tokens"] if "department" in one
        }
        self._departments = frozenset(self._tokens)
        self._officers = {(one["area"][:6], one["role"]): one for one in reversed(credentials["officers"])}

    def token(self, county: str, name: str) -> str:
        """The bearer token of a department, or of an officer's session."""
        if (county, name) not in self._tokens:
            self._tokens[county, name] = sign_in(self._url, self._officers[county, name])
        return self._tokens[county, name]

    def who(self, record: Record, village: str | None) -> str | None:
        """Who sends the record, which is about somebody of that village; None when nobody with an account may."""
        county = record["county_code"]
        for name in (sender(record), *FEEDS[record["feed"]].departments):
            if (county, name) in self._departments:
                return name
            officer = self._officers.get((county, name))
            if officer is not None and (village or "").startswith(officer["area"]):
                return name
        return None


def _records(
    client: httpx.Client,
    senders: Senders,
    registers: dict[str, list[Record]],
    today: date,
    tell: Progress,
    stopping: Callable[[], bool],
) -> bool:
    """Day by day, all counties side by side, as it would have been."""
    by_day: dict[str, list[tuple[str, Record]]] = defaultdict(list)
    for county, register in registers.items():
        villages = _villages(register)
        for record in simulate_records(county, register, SEED, today - timedelta(weeks=WEEKS), today, RECORDS):
            subject = record["subject"]
            village = villages.get(subject.get("id_number") or subject.get("household_no"))
            name = senders.who(record, village)
            if name is not None:
                by_day[str(record["reported_at"])[:10]].append((name, record))
    for number, day in enumerate(sorted(by_day), 1):
        groups: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
        for name, record in by_day[day]:
            groups[record["county_code"], name, record["feed"]].append(record)
        for (county, name, feed), records in groups.items():
            if stopping():
                return False
            _send(client, senders.token(county, name), feed, records)
        tell(f"各部门 {day} 的记录", number, len(by_day))
    return True


def _villages(register: list[Record]) -> dict[str, str]:
    """The village of every household and of every person."""
    return {
        key: one["village_code"]
        for one in register
        for key in (one["household_no"], *(member["id_number"] for member in one["members"]))
    }


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
