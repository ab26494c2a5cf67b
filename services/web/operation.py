"""/health and /metrics: what a person on duty or a scraper asks."""

import os
import threading
import time
from collections.abc import Callable, Iterable

import psycopg
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Metric, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from psycopg_pool import PoolTimeout

from fangpin import heartbeats, lags, metrics
from fangpin.broker import Admin, Broker
from fangpin.errors import TransientError
from fangpin.ports import Pool
from services.parts import LOOPS

REMEMBER_S = 2.0
UNREACHABLE = "unreachable"


class BrokerCheck:
    """Asks the broker for its topics, over one client, at most every two seconds."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._lock = threading.Lock()
        self._admin: Admin | None = None
        self._answer = (-REMEMBER_S, "")

    def __call__(self) -> str:
        """ "ok", or what is wrong."""
        with self._lock:
            if time.monotonic() - self._answer[0] < REMEMBER_S:
                return self._answer[1]
            self._answer = (time.monotonic(), self._ask())
            return self._answer[1]

    def _ask(self) -> str:
        try:
            if self._admin is None:
                self._admin = self._broker.admin()
            self._admin.topic_ids()
        except TransientError:
            self.close()
            return UNREACHABLE
        return heartbeats.OK

    def close(self) -> None:
        """End the client."""
        admin, self._admin = self._admin, None
        if admin is not None:
            admin.close()


class Operation:
    """What can be asked of the running hub, here and in its other processes."""

    def __init__(self, broker: Broker, broker_check: Callable[[], str], pool: Pool) -> None:
        self._broker = broker
        self._broker_check = broker_check
        self._pool = pool
        self._lock = threading.Lock()
        self._found: tuple[float, list[Metric]] = (-REMEMBER_S, [])

    def health(self) -> dict[str, str]:
        """For each part "ok", or what is wrong with it. The database holds the signs of life of the others."""
        parts = {"broker": self._broker_check()}
        try:
            with self._pool.connection(timeout=2) as conn:
                found = heartbeats.ages(conn)
        except (psycopg.Error, PoolTimeout):
            return {**parts, "database": UNREACHABLE, **dict.fromkeys(LOOPS, "not known without the database")}
        return {**parts, "database": heartbeats.OK, **heartbeats.states(found, LOOPS)}

    def exposition(self) -> bytes:
        """In Prometheus' format: what the processes have counted, and what is found out now."""
        counted = REGISTRY
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        asked = CollectorRegistry()
        asked.register(_Found(self._asked()))
        return generate_latest(counted) + generate_latest(asked)

    def _asked(self) -> list[Metric]:
        """Found out at most every two seconds: anybody may ask, and it costs a connection to the broker."""
        with self._lock:
            if time.monotonic() - self._found[0] >= REMEMBER_S:
                self._found = (time.monotonic(), self._ask())
            return self._found[1]

    def _ask(self) -> list[Metric]:
        """What cannot be found out just now is left out."""
        try:
            with self._pool.connection(timeout=2) as conn:
                silent = heartbeats.ages(conn)
                unpublished = conn.execute(
                    "SELECT county_code, county.position - coalesce(publication.position, 0) FROM county "
                    "LEFT JOIN publication USING (county_code)"
                ).fetchall()
                behind = lags.lags(conn, self._broker) if self._broker_check() == heartbeats.OK else []
        except (psycopg.Error, PoolTimeout, TransientError):
            return []
        return [
            metrics.SILENT_SECONDS.family({(part,): workers[-1] for part, workers in silent.items()}),
            metrics.UNPUBLISHED_RECORDS.family({(county,): float(count) for county, count in unpublished}),
            metrics.LAG_RECORDS.family({(one.consumer, one.topic): float(one.lag) for one in behind}),
        ]


class _Found(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def operation_routes(operation: Operation) -> list[HTTPRouteHandler]:
    """The two routes, open to all: they tell nothing of persons."""

    @get("/health", opt={"open": True}, sync_to_thread=True, summary="Which part is not well")
    def health() -> Response[dict[str, object]]:
        parts = operation.health()
        well = all(state == heartbeats.OK for state in parts.values())
        return Response({"status": "ok" if well else "unwell", "parts": parts}, status_code=200 if well else 503)

    @get("/metrics", opt={"open": True}, sync_to_thread=True, summary="Prometheus")
    def exposition() -> Response[bytes]:
        return Response(operation.exposition(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [health, exposition]
