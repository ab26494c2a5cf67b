"""A worker that is frozen beyond its session, replaced, and woken: it holds nobody up and writes nothing (INV-11)."""

from collections.abc import Callable

import psycopg
import pytest

from fangpin import database
from tests.integration.chaos.clients import KafkaClient
from tests.integration.chaos.conftest import Ground
from tests.integration.chaos.parts import WORKER, Part, running
from tests.integration.chaos.streams import read_streams
from tests.integration.chaos.waiting import UNPUBLISHED, count, soon
from tests.records import Raw, bill, common, household

TAKEN_OVER_S = 90.0  # the broker's session (10 s), PostgreSQL's patience (30 s), and a slow machine
SIGNALS = "SELECT count(*) FROM signal"


@pytest.mark.parametrize("moment", ["between two polls", "in the middle of a transaction"])
def test_a_frozen_worker_is_replaced_and_writes_nothing_when_it_wakes(ground: Ground, moment: str) -> None:
    url = ground.settings.database_url
    client = KafkaClient(ground.settings.bootstrap_servers, ground.journal)
    own = moment.replace(" ", "-")

    def bills(first: int, last: int) -> list[Raw]:
        return [bill(f"{own}-{one}", subject={"household_no": own}) for one in range(first, last)]

    with running(ground.environment, ground.directory, (WORKER,)) as parts:
        zombie = parts.running[0]
        client.send([common("clock", f"c-{own}", date="2021-11-01", confirmed=True, subject={})])
        client.send([household(own, f"r-{own}"), *bills(0, 2)])
        soon(lambda: count(url, f"{SIGNALS} WHERE record_id LIKE %s", f"{own}-%") == 2)
        soon(lambda: count(url, UNPUBLISHED) == 0)
        if moment == "between two polls":
            zombie.freeze()
            client.send(bills(2, 10))  # what it has asked the broker for may lie in its socket already
        else:
            _freeze_in_a_transaction(url, zombie, lambda: client.send(bills(2, 10)))
        parts.start(WORKER)
        soon(lambda: count(url, f"{SIGNALS} WHERE record_id LIKE %s", f"{own}-%") == 10, TAKEN_OVER_S)
        told = zombie.log.stat().st_size
        zombie.wake()
        soon(lambda: b'"assigned"' in zombie.log.read_bytes()[told:], TAKEN_OVER_S)
        client.send(bills(10, 20))
        soon(lambda: count(url, f"{SIGNALS} WHERE record_id LIKE %s", f"{own}-%") == 20, TAKEN_OVER_S)
        soon(lambda: count(url, UNPUBLISHED) == 0)
        assert not parts.dead(), parts.dead()
    with database.connect(url) as conn:
        events = conn.execute("SELECT count(*), count(DISTINCT ce_id) FROM outgoing WHERE topic = 0").fetchone()
        once = conn.execute(
            "SELECT max(n) FROM (SELECT count(*) AS n FROM signal GROUP BY record_key, revision) AS s"
        ).fetchone()
    assert events is not None
    assert events[0] == events[1]
    assert once == (1,)
    own_stream = [
        stream for stream in read_streams(ground.settings.bootstrap_servers).households.values() if _is_of(stream, own)
    ]
    recorded = [event["record_id"] for event in own_stream[0] if event["type"] == "SignalRecorded"]
    assert sorted(recorded) == sorted(f"{own}-{one}" for one in range(20))
    assert sum(event["type"] == "WarningRaised" for event in own_stream[0]) == 1


def _is_of(stream: list[dict[str, object]], household_no: str) -> bool:
    return any(event.get("household_no") == household_no for event in stream)


def _freeze_in_a_transaction(url: str, worker: Part, send: Callable[[], None]) -> None:
    """Freeze it while it waits for its county's row, then let PostgreSQL give it the row: the lock is a dead man's."""
    with psycopg.connect(url) as conn, psycopg.connect(url, autocommit=True) as look:
        conn.execute("SELECT 1 FROM county WHERE county_code = '530925' FOR UPDATE")
        send()
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        soon(lambda: look.execute(waiting).fetchone() != (0,))
        worker.freeze()
        conn.rollback()
        idle = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
        )
        soon(lambda: look.execute(idle).fetchone() == (1,))
