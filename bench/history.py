"""`python -m bench.history [--events N]`: p99 of a household's history, over HTTP, with that many events stored.

On a hub of its own. Its households and their records come in through HTTP and the correlator; the other events are
copies of theirs under other households, made in the database, so that the tables and indexes have their size.
"""

import argparse
import random
import time
from datetime import datetime, timedelta
from typing import Any

import psycopg

from bench.hub import Hub, ask, percentile, running_hub, send
from bench.machine import describe
from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.feeds import FEEDS
from services.simulator import simulate_records, simulate_register

COUNTY = "530925"
PLAYED = {"medical-expense", "dangerous-house", "unemployment", "disability", "disaster-loss"}
SETTLED_S = 3.0


def main() -> None:
    """Fill, ask for the histories of many households at random, print percentiles."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--households", type=int, default=1000)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=2000)
    asked = parser.parse_args()
    print(describe())
    with running_hub() as hub, psycopg.connect(hub.database, autocommit=True) as conn:
        _play(hub, asked.households, asked.records)
        own = _settled(conn)
        households = [str(row[0]) for row in conn.execute("SELECT DISTINCT household_id FROM household_history")]
        stored = _copy(conn, own, asked.events)
        delays, events = _ask(hub, random.Random(1).choices(households, k=asked.requests))
    print(f"{stored} events stored, {own} of them of {len(households)} households that were asked for; ", end="")
    print(f"{asked.requests} requests one after another, {events / asked.requests:.1f} events an answer")
    print(f"as the client sees it: p50 {percentile(delays, 0.5):.1f} ms, p99 {percentile(delays, 0.99):.1f} ms")


def _play(hub: Hub, households: int, records: int) -> None:
    today = datetime.now(SHANGHAI).date()
    register = list(simulate_register(COUNTY, households, 1, today - timedelta(400)))
    send(hub, hub.token(COUNTY, "rural-revitalisation"), register)
    by_feed: dict[str, list[dict[str, Any]]] = {}
    for one in simulate_records(COUNTY, register, 1, today - timedelta(300), today, records, PLAYED):
        by_feed.setdefault(one["feed"], []).append(one)
    for feed, some in by_feed.items():
        send(hub, hub.token(COUNTY, FEEDS[feed].departments[0]), some)


def _settled(conn: psycopg.Connection[Any]) -> int:
    """How many events there are, once no more come."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < SETTLED_S or last < 1:
        row = conn.execute("SELECT count(*) FROM household_history").fetchone()
        count = int(row[0]) if row else 0
        if count != last:
            last, since = count, time.monotonic()
        time.sleep(0.2)
    return last


def _copy(conn: psycopg.Connection[Any], own: int, wanted: int) -> int:
    """The same events under other households, until there are enough. Returns how many there are."""
    view = conn.execute("SELECT pg_get_viewdef('household_history'::regclass)").fetchone()
    table = str(view[0]).rsplit("FROM", 1)[1].strip(" ;\n") if view else ""
    columns = "sequence, county_code, type, valid_on, recorded_at, data"
    for number in range(1, -(-wanted // own)):
        conn.execute(
            f"INSERT INTO {table} (household_id, {columns}) "
            f"SELECT uuid_in(md5(household_id::text || %s)::cstring), {columns} FROM household_history "
            "WHERE household_id = ANY(SELECT household_id FROM inbox_household)",
            (str(number),),
        )
    conn.execute(f"VACUUM ANALYZE {table}")
    row = conn.execute("SELECT count(*) FROM household_history").fetchone()
    return int(row[0]) if row else 0


def _ask(hub: Hub, households: list[str]) -> tuple[list[float], int]:
    officer = hub.officer("county", COUNTY)
    http = hub.connect()
    login = {"username": officer["username"], "password": officer["password"]}
    token = ask(http, "POST", "/api/v1/session", body=login)["token"]
    delays, events = [], 0
    for household in households:
        began = time.perf_counter()
        answer = ask(http, "GET", f"/api/v1/households/{household}/history", token)
        delays.append(time.perf_counter() - began)
        events += len(answer["events"])
    http.close()
    return sorted(delays), events


if __name__ == "__main__":
    main()
