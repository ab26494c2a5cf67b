"""`python -m bench.latency [--rate N --seconds S]`: HTTP → row in the village inbox, against a hub that runs.

Start one with `fangpin up --empty --data DIR`; this registers households, sends bills that warn at a steady rate, and
reads the inbox until each is there. For a hub without bills of these households.
"""

import argparse
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import psycopg

from bench.machine import describe
from services.simulator import simulate_register

COUNTY = "530925"


def main() -> None:
    """Send at the rate, watch the inbox, print percentiles."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path(".fangpin"))
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=15)
    asked = parser.parse_args()
    credentials = json.loads((asked.data / "credentials.json").read_text())
    tokens = {one.get("department"): one["token"] for one in credentials["tokens"] if one.get("county") == COUNTY}
    count = asked.rate * asked.seconds
    with httpx.Client(base_url=credentials["url"], timeout=30, trust_env=False) as client:
        register = list(simulate_register(COUNTY, count, int(time.time()), date(2026, 1, 1)))
        for start in range(0, count, 500):
            _post(client, tokens["rural-revitalisation"], "household-register", register[start : start + 500])
        _wait(credentials["database"], count)
        seen: dict[str, float] = {}
        known = _known(credentials["database"])
        watcher = threading.Thread(target=_watch, args=(credentials["database"], count, known, seen))
        watcher.start()
        sent = _send(client, tokens["medical-insurance"], register, asked.rate)
        watcher.join()
    delays = sorted(seen[key] - at for key, at in sent.items())
    print(describe())
    print(
        f"{count} records at {asked.rate}/s: p50 {delays[count // 2] * 1000:.0f} ms, "
        f"p99 {delays[int(count * 0.99)] * 1000:.0f} ms, max {delays[-1] * 1000:.0f} ms"
    )


def _post(client: httpx.Client, token: str, feed: str, records: list[dict[str, Any]]) -> None:
    body = {"records": [{key: value for key, value in one.items() if key != "feed"} for one in records]}
    answer = client.post(f"/api/v1/feeds/{feed}/records", json=body, headers={"Authorization": f"Bearer {token}"})
    answer.raise_for_status()


def _wait(url: str, count: int) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        while (conn.execute("SELECT count(*) FROM inbox_household").fetchone() or (0,))[0] < count:
            time.sleep(0.2)


def _send(client: httpx.Client, token: str, register: list[dict[str, Any]], rate: int) -> dict[str, float]:
    """Household number → when its bill was handed to HTTP (wall clock, as the database's)."""
    sent: dict[str, float] = {}
    lock = threading.Lock()
    began = time.time()

    def one(number: int, household: dict[str, Any]) -> None:
        time.sleep(max(0.0, began + number / rate - time.time()))
        bill = _bill(household, number)
        with lock:
            sent[household["household_no"]] = time.time()
        _post(client, token, "medical-expense", [bill])

    with ThreadPoolExecutor(32) as threads:
        list(threads.map(one, range(len(register)), register))
    return sent


def _bill(household: dict[str, Any], number: int) -> dict[str, Any]:
    return {
        "record_id": f"latency-{time.time_ns()}-{number}",
        "revision": 1,
        "county_code": COUNTY,
        "reported_at": "2026-11-01T10:00:00+08:00",
        "subject": {"id_number": household["members"][0]["id_number"]},
        "admitted_on": "2026-10-01",
        "settled_on": "2026-10-08",
        "hospital": "县人民医院",
        "total_cost": "30000.00",
        "in_policy_self_paid": "4000.00",
        "self_paid": "6000.00",
    }


def _watch(url: str, count: int, already: set[str], seen: dict[str, float]) -> None:
    """When each new warning's row was first seen by a reader that looks every few milliseconds."""
    with psycopg.connect(url, autocommit=True) as conn:
        while len(seen) < count:
            rows = conn.execute("SELECT household_no FROM inbox_warning WHERE risk = 'illness'").fetchall()
            now = time.time()
            for row in rows:
                if row[0] not in already:
                    seen.setdefault(row[0], now)
            time.sleep(0.01)


def _known(url: str) -> set[str]:
    with psycopg.connect(url, autocommit=True) as conn:
        return {row[0] for row in conn.execute("SELECT household_no FROM inbox_warning WHERE risk = 'illness'")}


if __name__ == "__main__":
    main()
