"""The lane of containers: the images of `deploy/containers`, which `deploy/containers/prepare` builds."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from testcontainers.core.container import DockerContainer

from deploy.embedded.ports import kept_port
from tests.servers import Addresses

READY_WITHIN = 90.0  # seconds: a cold JVM on a busy machine


@contextmanager
def container_lane(directory: Path) -> Iterator[Addresses]:
    """Kafka and PostgreSQL in containers; they and their records go with the run."""
    port, password = kept_port(directory / "kafka-port"), secrets.token_urlsafe(24)
    kafka = DockerContainer("fangpin/kafka").with_env("PORT", str(port)).with_bind_ports(port, port)
    postgres = (
        DockerContainer("fangpin/postgres")
        .with_env("PASSWORD", password)
        .with_env("FSYNC", "off")
        .with_exposed_ports(5432)
    )
    with kafka, postgres:
        url = f"postgresql://fangpin:{password}@127.0.0.1:{postgres.get_exposed_port(5432)}/postgres"
        _await(lambda: _opens(url), postgres)
        _await(lambda: b"Kafka Server started" in b"".join(kafka.get_logs()), kafka)
        yield Addresses(f"127.0.0.1:{port}", url)


def _opens(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _await(ready: Callable[[], bool], container: DockerContainer) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{container.image} was not ready: {b''.join(container.get_logs())[-4000:]!r}")
        time.sleep(0.1)
