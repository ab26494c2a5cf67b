"""`python -m bench.latency [--rate N --seconds S]`: HTTP → row in the village inbox, on a hub of its own.

Registers one household a record, then sends bills that warn at a steady rate, each in a request of its own, and reads
the inbox until the last is there. Client, hub, Kafka and PostgreSQL share the machine; what each of them took of its
processors is printed too: that is what can be compared between two runs on a machine that others use.
"""

import argparse
import threading
import time
from collections.abc import Sequence
from datetime import date, timedelta
from queue import SimpleQueue
from typing import Any

import psycopg

from bench.hub import Hub, ask, percentile, running_hub, send
from bench.machine import describe
from bench.process_times import cpu_seconds
from services.simulator import simulate_register

COUNTY = "530925"
SENDERS = 16  # connections; enough that one that waits does not hold back the others
REGISTERED_S = 300.0
ARRIVED_S = 60.0


def main() -> None:
    """Send at the rate, watch the inbox, print percentiles."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=15)
    asked = parser.parse_args()
    count = asked.rate * asked.seconds
    print(describe())
    with running_hub() as hub, psycopg.connect(hub.database, autocommit=True) as conn:
        today = _civil_date(conn)
        register = list(simulate_register(COUNTY, count, 1, today))
        send(hub, hub.token(COUNTY, "rural-revitalisation"), register)
        _wait_for_households(conn, count)
        bills = [_bill(household, number, today) for number, household in enumerate(register)]
        sent, answered = _Clock(), _Clock()
        watcher = _Watcher(hub, sent)
        watcher.start()
        before, began = cpu_seconds(hub.pid), time.perf_counter()
        late = _send(hub, bills, asked.rate, sent, answered)
        watcher.finish()
        spent = cpu_seconds(hub.pid) - before
        seconds = time.perf_counter() - began
    delays = sorted(at - sent.at[key] for key, at in watcher.seen.items())
    answers = sorted(at - sent.at[key] for key, at in answered.at.items())
    print(
        f"{count} records at {asked.rate}/s over {SENDERS} connections; the sender was late by at most {late * 1000:.0f} ms"
    )
    for name, found in (("HTTP answer", answers), ("row in the inbox", delays)):
        print(f"{name}: {len(found)} of {count}", end="; ")
        print(
            f"p50 {percentile(found, 0.5):.0f} ms, p99 {percentile(found, 0.99):.0f} ms, max {found[-1] * 1000:.0f} ms"
        )
    print(f"CPU in {seconds:.0f} s, ms a record:", end=" ")
    print(", ".join(f"{part} {one / count * 1000:.2f}" for part, one in spent.most_common()))


class _Clock:
    """When something was first seen of each household."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}

    def note(self, key: str) -> None:
        self.at.setdefault(key, time.perf_counter())


class _Watcher(threading.Thread):
    """Looks every few milliseconds which of the bills that are under way have their row."""

    def __init__(self, hub: Hub, sent: _Clock) -> None:
        super().__init__()
        self._url = hub.database
        self._sent = sent
        self._all_sent = threading.Event()
        self.seen: dict[str, float] = {}

    def run(self) -> None:
        """Until all that was sent is there, or nothing more comes."""
        deadline = float("inf")
        with psycopg.connect(self._url, autocommit=True) as conn:
            while time.perf_counter() < deadline:
                finished = self._all_sent.is_set()
                under_way = [key for key in list(self._sent.at) if key not in self.seen]
                if finished and not under_way:
                    return
                if finished and deadline == float("inf"):
                    deadline = time.perf_counter() + ARRIVED_S
                query = "SELECT household_no FROM inbox_warning WHERE risk = 'illness' AND household_no = ANY(%s)"
                found = conn.execute(query, (under_way,)).fetchall() if under_way else []
                now = time.perf_counter()
                self.seen.update((row[0], now) for row in found)
                time.sleep(0.005)

    def finish(self) -> None:
        """Nothing more is sent: wait for the rest."""
        self._all_sent.set()
        self.join()


def _civil_date(conn: psycopg.Connection[Any]) -> date:
    """The county's date, from its clock records."""
    while True:
        row = conn.execute("SELECT civil_date FROM county WHERE county_code = %s", (COUNTY,)).fetchone()
        if row is not None and row[0] is not None:
            found: date = row[0]
            return found
        time.sleep(0.2)


def _wait_for_households(conn: psycopg.Connection[Any], count: int) -> None:
    deadline = time.monotonic() + REGISTERED_S
    while (conn.execute("SELECT count(*) FROM inbox_household").fetchone() or (0,))[0] < count:
        if time.monotonic() > deadline:
            raise SystemExit("the register did not arrive in time")
        time.sleep(0.2)


def _send(hub: Hub, bills: Sequence[dict[str, Any]], rate: int, sent: _Clock, answered: _Clock) -> float:
    """Each bill at its moment; returns by how much the latest was late, seconds."""
    token = hub.token(COUNTY, "medical-insurance")
    began = time.perf_counter() + 0.2
    waiting: SimpleQueue[int] = SimpleQueue()
    for number in range(len(bills)):
        waiting.put(number)
    for _ in range(SENDERS):
        waiting.put(-1)
    late: list[float] = []

    def work() -> None:
        http = hub.connect()
        while (number := waiting.get()) >= 0:
            due = began + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            late.append(time.perf_counter() - due)
            bill = bills[number]
            key = bill["subject"]["household_no"]
            sent.note(key)
            ask(http, "POST", "/api/v1/feeds/medical-expense/records", token, {"records": [bill]})
            answered.note(key)
        http.close()

    threads = [threading.Thread(target=work) for _ in range(SENDERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return max(late)


def _bill(household: dict[str, Any], number: int, today: date) -> dict[str, Any]:
    """Just on 双江's line."""
    return {
        "record_id": f"latency-{number}",
        "revision": 1,
        "county_code": COUNTY,
        "reported_at": f"{today.isoformat()}T00:00:01+08:00",
        "subject": {"id_number": household["members"][0]["id_number"], "household_no": household["household_no"]},
        "admitted_on": (today - timedelta(10)).isoformat(),
        "settled_on": (today - timedelta(3)).isoformat(),
        "hospital": "县人民医院",
        "total_cost": "30000.00",
        "in_policy_self_paid": "4000.00",
        "self_paid": "6000.00",
    }


if __name__ == "__main__":
    main()
