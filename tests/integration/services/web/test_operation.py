"""/health and /metrics: which part is not well, and how far each is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from psycopg_pool import PoolTimeout

from fangpin import checkpoints, database
from fangpin.broker import Outgoing
from fangpin.fake_broker import FakeBroker
from fangpin.heartbeats import Heartbeat
from fangpin.topics import TopicSpec
from services.parts import LOOPS
from services.web.operation import BrokerCheck, Operation

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub

NAMES = [name for names in LOOPS.values() for name in names]


def all_beat(hub: Hub) -> None:
    with database.connect(hub.database) as conn:
        for name in NAMES:
            Heartbeat(name).beat(conn)


def silence(hub: Hub, name: str, seconds: int) -> None:
    with database.connect(hub.database) as conn:
        moved = conn.execute(
            "UPDATE heartbeat SET seen_at = now() - make_interval(secs => %s) WHERE part = %s", (seconds, name)
        )
        assert moved.rowcount == 1


def health(hub: Hub) -> tuple[int, str, dict[str, str]]:
    answer = hub.client.get("/health")
    return answer.status_code, answer.json()["status"], answer.json()["parts"]


def test_a_hub_whose_parts_give_signs_of_life_is_well(hub: Hub) -> None:
    all_beat(hub)
    assert health(hub) == (200, "ok", dict.fromkeys(["broker", "database", *LOOPS], "ok"))


def test_parts_that_were_never_seen_are_not_well(hub: Hub) -> None:
    status, word, parts = health(hub)
    assert (status, word) == (503, "unwell")
    assert (parts["broker"], parts["database"]) == ("ok", "ok")
    assert parts["clock"] == "clock was not seen"
    assert "projector.village_inbox was not seen" in parts["projector"]


@pytest.mark.parametrize(("name", "part"), [(name, part) for part, names in LOOPS.items() for name in names])
def test_a_silent_part_is_named(hub: Hub, name: str, part: str) -> None:
    all_beat(hub)
    silence(hub, name, 14)
    assert health(hub)[0] == 200
    silence(hub, name, 40)
    status, _, parts = health(hub)
    assert status == 503
    assert parts.pop(part).startswith(f"{name} gave no sign of life for 4")
    assert set(parts.values()) == {"ok"}


def test_a_broker_that_is_away_is_named(hub: Hub) -> None:
    all_beat(hub)
    hub.broker.away = True
    status, _, parts = health(hub)
    assert (status, parts.pop("broker")) == (503, "unreachable")
    assert set(parts.values()) == {"ok"}


class NoDatabase:
    """A pool whose server is away."""

    def connection(self, timeout: float | None = None) -> Any:
        raise PoolTimeout("couldn't get a connection")


def test_without_the_database_the_parts_are_not_known() -> None:
    broker = FakeBroker()
    operation = Operation(broker, BrokerCheck(broker), NoDatabase())
    parts = operation.health()
    assert (parts.pop("broker"), parts.pop("database")) == ("ok", "unreachable")
    assert set(parts.values()) == {"not known without the database"}
    assert b"fangpin_intake_records" in operation.exposition()
    assert b"fangpin_lag_records" not in operation.exposition()


def samples(hub: Hub, name: str) -> dict[str, float]:
    """By labels as they are written."""
    lines = [line for line in hub.client.get("/metrics").text.splitlines() if line.startswith(f"{name}{{")]
    return {line[len(name) : line.rindex(" ")]: float(line[line.rindex(" ") :]) for line in lines}


def behind(hub: Hub) -> None:
    """Five records, of which the notifier has read two."""
    hub.broker.admin().create_topics([TopicSpec("household.events", 2)])
    hub.broker.producer().publish(Outgoing("household.events", None, b"v", [], n % 2) for n in range(5))
    with database.connect(hub.database) as conn:
        checkpoints.create(conn, "notifier", ("household.events", 0), "id", 2)


def test_lag_counts_what_is_not_read_also_where_nobody_has_begun(hub: Hub) -> None:
    behind(hub)
    assert samples(hub, "fangpin_lag_records") == {'{consumer="notifier",topic="household.events"}': 3.0}


def test_the_broker_is_not_asked_for_each_that_asks(hub: Hub) -> None:
    behind(hub)
    before = samples(hub, "fangpin_lag_records")
    hub.broker.producer().publish([Outgoing("household.events", None, b"v", [], 0)])
    assert samples(hub, "fangpin_lag_records") == before


def test_while_the_broker_is_away_the_rest_is_told(hub: Hub) -> None:
    behind(hub)
    all_beat(hub)
    hub.broker.away = True
    assert samples(hub, "fangpin_lag_records") == {}
    assert samples(hub, "fangpin_part_silent_seconds").keys() == {f'{{part="{name}"}}' for name in NAMES}


def test_silence_and_what_is_not_published_are_told(hub: Hub) -> None:
    all_beat(hub)
    silence(hub, "notifier", 40)
    with database.connect(hub.database) as conn:
        conn.execute("INSERT INTO county (county_code, position) VALUES ('530925', 7), ('410922', 2)")
        conn.execute("INSERT INTO publication (county_code, position) VALUES ('530925', 3)")
    silent = samples(hub, "fangpin_part_silent_seconds")
    assert 40 <= silent['{part="notifier"}'] < 60
    assert silent['{part="clock"}'] < 20
    assert samples(hub, "fangpin_unpublished_records") == {'{county="410922"}': 2.0, '{county="530925"}': 4.0}


def test_intake_counts_what_it_took_and_refused(hub: Hub) -> None:
    accepted, rejected = (f'{{feed="clock",verdict="{verdict}"}}' for verdict in ("accepted", "rejected"))
    before = samples(hub, "fangpin_intake_records_total")
    good = {
        "record_id": "c-1",
        "revision": 1,
        "county_code": "530925",
        "date": "2021-11-01",
        "reported_at": "2021-11-01T08:00:00+08:00",
    }
    answer = hub.client.post("/api/v1/feeds/clock/records", json={"records": [good, {}]}, headers=hub.token("operator"))
    assert answer.status_code == 202, answer.text
    after = samples(hub, "fangpin_intake_records_total")
    assert after[accepted] - before.get(accepted, 0.0) == 1.0
    assert after[rejected] - before.get(rejected, 0.0) == 1.0
