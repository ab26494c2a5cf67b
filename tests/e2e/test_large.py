"""Large messages: what is too large is said, what is not is kept, and neither stops the rest (V14)."""

from typing import Any

import psycopg
from confluent_kafka import Producer as Client

from fangpin.kafka import Outgoing, Producer
from fangpin.topics import MAX_RECORD_BYTES
from tests.e2e.conftest import Hub
from tests.records import bill, household, without_feed

SOMEBODY, SOMEBODY_ELSE = "530925197907070018", "530925196909090018"
TOPIC = "feed.medical-expense"


def test_a_refused_record_larger_than_any_is_refused_and_not_sent_again_and_again(hub: Hub) -> None:
    raw = without_feed(bill("l-1")) | {"subject": {"name": "张" * 400_000, "id_number": SOMEBODY}}
    answer = hub.client.post(
        "/api/v1/feeds/medical-expense/records",
        json={"records": [raw]},
        headers=hub.token("530925", "medical-insurance"),
    )
    assert (answer.status_code, answer.json()["rejected"][0]["code"]) == (422, "TEXT_TOO_LONG")


def test_V14_the_largest_poison_is_kept_whole_and_the_next_record_is_a_warning(hub: Hub) -> None:
    people = [{"id_number": SOMEBODY, "name": "示例辛", "relation": "户主", "joined_on": "2010-01-01"}]
    hub.send("rural-revitalisation", household("L-1", "l-r1", people))
    poison = b"\0" + b"x" * (MAX_RECORD_BYTES - 150)
    producer = Producer(hub.credentials["kafka"])
    producer.publish([Outgoing(TOPIC, b"530925", poison)])
    producer.close()
    hub.send("medical-insurance", bill("l-m1", subject={"id_number": SOMEBODY}))
    assert hub.soon(lambda: hub.warnings("L-1"))[0]["evidence"] == ["l-m1"]

    def kept() -> list[tuple[Any, ...]]:
        with psycopg.connect(hub.credentials["database"]) as conn:
            return conn.execute("SELECT code FROM exception_log WHERE length(raw) > %s", (len(poison),)).fetchall()

    assert hub.soon(kept) == [("SCHEMA_UNKNOWN",)]


def test_V14_a_message_of_20_MB_is_refused_by_the_broker_and_its_producer_is_told(hub: Hub) -> None:
    told: list[str] = []
    client = Client({"bootstrap.servers": hub.credentials["kafka"], "message.max.bytes": 40_000_000})
    client.produce(TOPIC, b"x" * 20_000_000, b"530925", on_delivery=lambda error, _: told.append(error.name()))
    client.flush(20)
    assert told == ["MSG_SIZE_TOO_LARGE"]


def test_V14_what_only_its_compression_brought_past_the_broker_is_refused_and_the_next_record_is_a_warning(
    hub: Hub,
) -> None:
    people = [{"id_number": SOMEBODY_ELSE, "name": "示例壬", "relation": "户主", "joined_on": "2010-01-01"}]
    hub.send("rural-revitalisation", household("L-2", "l-r2", people))
    settings = {"message.max.bytes": 40_000_000, "compression.type": "zstd"}
    client = Client({"bootstrap.servers": hub.credentials["kafka"], **settings})
    client.produce(TOPIC, b"\0" + b"x" * 20_000_000, b"530925")
    assert client.flush(20) == 0
    hub.send("medical-insurance", bill("l-m2", subject={"id_number": SOMEBODY_ELSE}))
    assert hub.soon(lambda: hub.warnings("L-2"))[0]["evidence"] == ["l-m2"]

    def kept() -> list[tuple[Any, ...]]:
        with psycopg.connect(hub.credentials["database"]) as conn:
            return conn.execute("SELECT raw FROM exception_log WHERE code = 'RECORD_TOO_LARGE'").fetchall()

    assert hub.soon(kept) == [(None,)]
