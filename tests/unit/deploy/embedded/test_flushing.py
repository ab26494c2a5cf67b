"""A broker that is alone brings what it acknowledges to the disk: Kafka leaves that to its replicas by itself."""

from pathlib import Path

from deploy.embedded.kafka import SETTINGS

CONTAINER = Path(__file__).resolve().parents[4] / "deploy" / "containers" / "kafka" / "start"


def test_both_brokers_that_are_alone_flush_and_alike() -> None:
    ours = {key: value for key, value in SETTINGS.items() if key.startswith("log.flush.")}
    lines = CONTAINER.read_text().splitlines()
    assert ours == dict(line.split("=", 1) for line in lines if line.startswith("log.flush."))
    assert int(ours["log.flush.interval.messages"]) <= 1000
    assert int(ours["log.flush.interval.ms"]) <= 1000
    assert int(ours["log.flush.scheduler.interval.ms"]) <= 1000  # without it the interval is never looked at
