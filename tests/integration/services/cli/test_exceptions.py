"""`fangpin exceptions` and `fangpin projections` on a real Kafka and a real PostgreSQL."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from consumers.runtime import Loop
from deploy.embedded.kafka import EmbeddedKafka
from fangpin import database
from fangpin.kafka import Admin, Consumer, Kafka, Outgoing, Producer
from fangpin.salts import ensure_salts
from fangpin.topics import EXCEPTIONS, topic_specs
from fangpin.vault import Vault, exceptions_subject, load_or_create_secret
from projections import PROJECTIONS, versions
from projections.handler import ProjectionHandler
from services.cli import exceptions, projections
from tests.household_events import exception, payload

FEED = "feed.medical-expense"
RAW = b"\0\0\0\0\x63" + "张三".encode()
KNOWN, LOST = str(UUID(int=1)), str(UUID(int=2))


class Hub:
    """A data directory with one exception that has bytes and one that has none."""

    def __init__(self, bootstrap: str, url: str, directory: Path) -> None:
        self.bootstrap, self.url, self.directory = bootstrap, url, directory
        (directory / "credentials.json").write_text(json.dumps({"kafka": bootstrap, "database": url}))
        vault = Vault(load_or_create_secret(directory / "secrets" / "master.key"))
        subject = exceptions_subject("2021-11")
        with database.connect(url) as conn:
            versions.ensure(conn, PROJECTIONS["exception_log"])
            sealed = vault.seal(subject, ensure_salts(conn, [subject])[subject], RAW)
        open_ones = [
            exception(1, "open", 0, code="SCHEMA_UNKNOWN", raw=sealed, key_id=subject.decode()),
            exception(2, "open", 1),
        ]
        producer = Producer(bootstrap)
        producer.publish(Outgoing(EXCEPTIONS, b"530925", payload(one, EXCEPTIONS)) for one in open_ones)
        producer.close()
        self.follow()

    def follow(self) -> None:
        """Fold what is on the topic."""
        consumer = Consumer(self.bootstrap, [EXCEPTIONS], None)
        ends = consumer.log_ends(consumer.partitions([EXCEPTIONS]))
        consumer.close()
        handler = ProjectionHandler(PROJECTIONS["exception_log"], 1, live=True)
        Loop(handler, broker=Kafka(self.bootstrap), database_url=self.url, group=None, ends=ends).run()

    def run(self, app: object, *arguments: str) -> tuple[int, str]:
        """Exit code and standard output."""
        done = CliRunner().invoke(app, [*arguments, "--data", str(self.directory)])  # type: ignore[arg-type]
        return done.exit_code, done.stdout

    def on_feed(self) -> list[bytes | None]:
        """The values on the feed topic."""
        consumer = Consumer(self.bootstrap, [FEED], None)
        try:
            places = consumer.partitions([FEED])
            ends = consumer.log_ends(places)
            for place in places:
                consumer.seek(place, 0)
            found: list[bytes | None] = []
            while len(found) < sum(ends.values()):
                found.extend(message.value for message in consumer.poll(0.2))
            return found
        finally:
            consumer.close()


@pytest.fixture
def hub(own_kafka: EmbeddedKafka, fresh_database: str, tmp_path: Path) -> Hub:
    """A hub with two open exceptions."""
    admin = Admin(own_kafka.bootstrap)
    admin.create_topics(topic_specs(2))
    admin.close()
    return Hub(own_kafka.bootstrap, fresh_database, tmp_path)


def test_list_show_replay_and_the_exception_is_closed(hub: Hub) -> None:
    code, out = hub.run(exceptions.app, "list", "--json")
    listed = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(one["exception_id"], one["replayable"]) for one in listed] == [(KNOWN, True), (LOST, False)]
    assert all(one["age_days"] > 0 for one in listed)
    assert "张三" not in out

    code, out = hub.run(exceptions.app, "show", KNOWN, "--json")
    assert code == 0
    assert json.loads(out)["raw"].endswith("张三")

    code, out = hub.run(exceptions.app, "replay", LOST, "--json")
    assert (code, list(json.loads(out)["refused"])) == (1, [LOST])  # it has no bytes
    code, out = hub.run(exceptions.app, "replay", "--json")  # every open one that has
    assert (code, json.loads(out)) == (0, {"replayed": [KNOWN], "refused": {}})
    assert hub.on_feed() == [RAW]

    hub.follow()
    _, out = hub.run(exceptions.app, "list", "--json")
    assert [json.loads(line)["exception_id"] for line in out.splitlines()] == [LOST]
    code, out = hub.run(exceptions.app, "replay", "--code", "SCHEMA_UNKNOWN", "--json")
    assert (code, json.loads(out)["replayed"]) == (0, [])
    code, _ = hub.run(exceptions.app, "replay", KNOWN, "--json")
    assert code == 1
    assert len(hub.on_feed()) == 1
    with database.connect(hub.url) as conn:
        audited = conn.execute("SELECT action FROM audit WHERE object = %s ORDER BY position", (KNOWN,)).fetchall()
        assert audited == [("exception-opened",), ("exception-replayed",), ("exception-replayed",)]
        row = conn.execute(
            "SELECT raw IS NOT NULL, resolved_at > recorded_at FROM exception_log WHERE status = 'resolved'"
        )
        assert row.fetchall() == [(True, True)]


@pytest.mark.parametrize("command", ["show", "replay"])
def test_what_is_no_id_of_an_exception_is_said_in_chinese(hub: Hub, command: str) -> None:
    done = CliRunner().invoke(exceptions.app, [command, "0001", "--data", str(hub.directory)])
    assert (done.exit_code, "0001 不是例外编号" in done.output) == (2, True)


@pytest.mark.parametrize("command", ["list", "replay"])
def test_where_there_is_no_hub_that_is_said(tmp_path: Path, command: str) -> None:
    done = CliRunner().invoke(exceptions.app, [command, "--data", str(tmp_path)])
    assert done.exit_code == 2
    assert "这里没有中枢" in done.output


def test_projections_list_rebuild_verify(hub: Hub) -> None:
    code, out = hub.run(projections.app, "rebuild", "exception_log", "--json")
    assert (code, json.loads(out)) == (0, {"projection": "exception_log", "version": 2})
    code, out = hub.run(projections.app, "verify", "exception_log")
    assert (code, out.strip()) == (0, "exception_log: equal")
    code, out = hub.run(projections.app, "list", "--json")
    listed = {one["projection"]: one for one in map(json.loads, out.splitlines())}
    assert listed["exception_log"]["version"] == 2
    assert listed["exception_log"]["tables"] == {"exception_log": 2}
    assert listed["village_inbox"]["version"] is None
    with database.connect(hub.url) as conn:
        conn.execute("DELETE FROM exception_log WHERE exception_id = %s", (KNOWN,))
    code, out = hub.run(projections.app, "verify", "exception_log", "--json")
    assert (code, json.loads(out)["differences"]) == (1, 1)
    assert hub.run(projections.app, "rebuild", "nothing")[0] == 2
