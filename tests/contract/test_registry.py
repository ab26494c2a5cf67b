"""What Confluent's own client makes of `/registry`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from fangpin import avro
from services.web.registry import ROUTES


@pytest.fixture
def client() -> Iterator[TestClient[Litestar]]:
    with TestClient(Litestar(ROUTES, openapi_config=None, logging_config=None)) as client:
        yield client


@pytest.fixture
def registry_url(client: TestClient[Litestar]) -> Iterator[str]:
    """The routes behind a socket, for a client that insists on one."""

    class Forward(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._give(client.get(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._give(client.post(self.path, content=body))

        def _give(self, answer: httpx.Response) -> None:
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["content-type"])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Forward)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/registry"
    server.shutdown()
    thread.join()
    server.server_close()


def test_confluents_client_reads_our_records(registry_url: str) -> None:
    from confluent_kafka.schema_registry import SchemaRegistryClient
    from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
    from confluent_kafka.serialization import MessageField, SerializationContext

    datum = {
        "exception_id": "e", "status": "open", "feed": "clock", "county_code": "530925", "code": "TYPE", "field": None,
        "message": "m", "record_id": None, "revision": None, "source": None, "receipt_id": None, "receipt_index": None,
        "recorded_at": datetime(2021, 11, 1, tzinfo=UTC), "key_id": None, "raw": None,
    }  # fmt: skip
    payload = avro.encode("hub.exceptions", datum)
    context = SerializationContext("hub.exceptions", MessageField.VALUE)
    registry = SchemaRegistryClient({"url": registry_url})
    decoded = AvroDeserializer(registry)(payload, context)
    assert decoded["county_code"] == "530925"
    latest = registry.get_latest_version("hub.exceptions-value")
    for asking in ({"use.latest.version": True}, {}):
        options = {"auto.register.schemas": False, **asking}
        assert AvroSerializer(registry, latest.schema.schema_str, conf=options)(decoded, context) == payload


@pytest.mark.parametrize(
    ("subject", "body", "status", "code"),
    [
        ("feed.clock-value", {"schema": json.dumps(avro.schemas()["feed.clock"].resolved)}, 200, None),
        ("feed.clock-value", {"schema": '"string"'}, 404, 40403),
        ("feed.no-such-value", {"schema": '"string"'}, 404, 40401),
        ("feed.clock-value", {"schema": "{"}, 422, 42201),
        ("feed.clock-value", ["schema"], 422, 42201),
    ],
)
def test_a_schema_is_looked_up_under_its_subject(
    client: TestClient[Litestar], subject: str, body: object, status: int, code: int | None
) -> None:
    answer = client.post(f"/registry/subjects/{subject}", json=body)
    assert (answer.status_code, answer.json().get("error_code")) == (status, code)
    if code is None:
        assert (answer.json()["id"], answer.json()["version"]) == (avro.schemas()["feed.clock"].id, 1)


def test_every_schema_is_there_under_its_id_and_subject(client: TestClient[Litestar]) -> None:
    subjects = client.get("/registry/subjects").json()
    assert len(subjects) == len(avro.schemas())
    for schema in avro.schemas().values():
        by_id = client.get(f"/registry/schemas/ids/{schema.id}")
        latest = client.get(f"/registry/subjects/{schema.subject}/versions/latest").json()
        assert by_id.headers["content-type"] == "application/vnd.schemaregistry.v1+json"
        assert json.loads(by_id.json()["schema"]) == json.loads(latest["schema"]) == schema.resolved
        assert (latest["id"], latest["version"]) == (schema.id, 1)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("schemas/ids/9999", 40403),
        ("schemas/ids/x", 40403),
        ("schemas/ids/9999/schema", 40403),
        ("schemas/ids/9999/subjects", 40403),
        ("subjects/x/versions", 40401),
        ("subjects/hub.exceptions-value/versions/2", 40402),
        ("subjects/x/versions/1/schema", 40401),
        ("subjects/hub.exceptions-value/versions/2/schema", 40402),
    ],
)
def test_unknown_things_are_the_registrys_errors(client: TestClient[Litestar], path: str, code: int) -> None:
    answer = client.get(f"/registry/{path}")
    assert (answer.status_code, answer.json()["error_code"]) == (404, code)


def test_the_read_routes_beside_give_the_schema_itself_its_subjects_and_what_the_registry_is(
    client: TestClient[Litestar],
) -> None:
    schema = avro.schemas()["feed.clock"]
    assert client.get(f"/registry/schemas/ids/{schema.id}/schema").json() == schema.resolved
    assert client.get("/registry/subjects/feed.clock-value/versions/latest/schema").json() == schema.resolved
    assert client.get(f"/registry/schemas/ids/{schema.id}/subjects").json() == ["feed.clock-value"]
    assert client.get("/registry/schemas/types").json() == ["AVRO"]
    assert client.get("/registry/mode").json() == {"mode": "READONLY"}
