"""`python -m bench.history --data DIR`: p99 of a household's history at a hub that runs, over HTTP, one at a time."""

import argparse
import json
import time
from pathlib import Path

import httpx
import psycopg

from bench.machine import describe


def main() -> None:
    """Ask for the histories of many households, print percentiles and how many events are stored."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path(".fangpin"))
    parser.add_argument("--requests", type=int, default=1000)
    asked = parser.parse_args()
    credentials = json.loads((asked.data / "credentials.json").read_text())
    with psycopg.connect(credentials["database"]) as conn:
        largest = conn.execute("SELECT county_code FROM inbox_household GROUP BY 1 ORDER BY count(*) DESC").fetchone()
        if largest is None:
            raise SystemExit("the hub has no households yet: start it without --empty")
        officers = credentials["officers"]
        officer = next(one for one in officers if one["role"] == "county" and one["area"] == largest[0])
        query = "SELECT household_id::text FROM inbox_household WHERE county_code = %s LIMIT %s"
        households = [row[0] for row in conn.execute(query, (officer["area"], asked.requests))]
        stored = conn.execute("SELECT count(*) FROM household_history").fetchone()
    login = {"username": officer["username"], "password": officer["password"]}
    delays = []
    with httpx.Client(base_url=credentials["url"], trust_env=False) as client:
        token = client.post("/api/v1/session", json=login).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        for household in households:
            began = time.perf_counter()
            client.get(f"/api/v1/households/{household}/history", headers=headers).raise_for_status()
            delays.append(time.perf_counter() - began)
    delays.sort()
    count = len(delays)
    print(describe())
    print(f"{count} requests with {stored[0] if stored else 0} events stored: ", end="")
    print(f"p50 {delays[count // 2] * 1000:.1f} ms, p99 {delays[int(count * 0.99)] * 1000:.1f} ms")


if __name__ == "__main__":
    main()
