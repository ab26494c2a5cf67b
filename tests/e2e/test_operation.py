"""A whole hub tells how it is: every part at work, what each counted, how far each is."""

import re

from fangpin.kafka import Outgoing, Producer
from tests.e2e.conftest import Hub
from tests.records import bill, household

NUMBER = "530925198001019018"  # of nobody in the other tests of the same hub
COUNTED = [
    'fangpin_batch_seconds_count{consumer="correlator"}',
    'fangpin_publish_to_done_seconds_count{consumer="notifier"}',
    'fangpin_publish_to_visible_seconds_count{projection="village_inbox"}',
    'fangpin_records_total{consumer="correlator"}',
    'fangpin_outcomes_total{feed="medical-expense",outcome="matched"}',
    'fangpin_quarantined_total{code="WIRE",feed="clock"}',
    "fangpin_published_total",
    'fangpin_intake_records_total{feed="medical-expense",verdict="accepted"}',
    'fangpin_part_silent_seconds{part="projector.village_inbox"}',
    'fangpin_unpublished_records{county="530925"}',
    'fangpin_lag_records{consumer="correlator",topic="feed.clock"}',
]


def test_HEAD_is_answered_wherever_GET_is_without_a_body(hub: Hub) -> None:
    """Also the stream of changes, which does not end by itself."""
    county = hub.session("county", "530925")
    for path, headers, status in (
        ("/health", {}, 200),
        ("/openapi.json", {}, 200),
        ("/api/v1/warnings", county, 200),
        ("/api/v1/warnings?limit=x", county, 422),
        ("/live", county, 200),
        ("/nowhere", {}, hub.client.get("/nowhere").status_code),
    ):
        answer = hub.client.head(path, headers=headers)
        assert (answer.status_code, answer.content) == (status, b""), path
    assert hub.client.get("/health").status_code == 200


def test_a_hub_at_work_is_well_and_counts(hub: Hub) -> None:
    parts = hub.client.get("/health").json()["parts"]
    assert set(parts) == {"broker", "database", "correlator", "projector", "notifier", "clock"}
    assert set(parts.values()) == {"ok"}
    members = [{"id_number": NUMBER, "name": "示例甲", "relation": "户主", "joined_on": "2010-01-01"}]
    hub.send("rural-revitalisation", household("O-1", "o-r1", members))
    hub.send("medical-insurance", {**bill("o-m1"), "subject": {"id_number": NUMBER}})
    producer = Producer(hub.credentials["kafka"])
    producer.publish([Outgoing("feed.clock", b"530925", b"not Avro")])
    producer.close()

    def missing() -> set[str]:
        values = dict(re.findall(r"^(\S+) (\S+)$", hub.client.get("/metrics").text, re.MULTILINE))
        return {name for name in COUNTED if name not in values or ("_total" in name and float(values[name]) == 0)}

    hub.soon(lambda: not missing())
