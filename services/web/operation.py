"""/health and /metrics: what a person on duty or a scraper asks."""

import os
import threading
import time
from collections.abc import Callable

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from fangpin.errors import TransientError
from fangpin.kafka import Admin
from fangpin.ports import Pool

REMEMBER_S = 2.0


class BrokerCheck:
    """Asks the broker for its topics, over one client, at most every two seconds."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
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
                self._admin = Admin(self._bootstrap)
            self._admin.topic_ids()
        except TransientError:
            self.close()
            return "unreachable"
        return "ok"

    def close(self) -> None:
        """End the client."""
        admin, self._admin = self._admin, None
        if admin is not None:
            admin.close()


def database_check(pool: Pool) -> Callable[[], str]:
    """A check that PostgreSQL answers."""

    def check() -> str:
        try:
            with pool.connection(timeout=2) as conn:
                conn.execute("SELECT 1")
        except Exception:  # noqa: BLE001 - whatever it is, the database cannot be used
            return "unreachable"
        return "ok"

    return check


def operation_routes(checks: dict[str, Callable[[], str]]) -> list[HTTPRouteHandler]:
    """The two routes; a check answers "ok" or what is wrong."""

    @get("/health", opt={"open": True}, sync_to_thread=True, summary="Which part is not well")
    def health() -> Response[dict[str, object]]:
        parts = {name: check() for name, check in checks.items()}
        well = all(state == "ok" for state in parts.values())
        return Response({"status": "ok" if well else "unwell", "parts": parts}, status_code=200 if well else 503)

    @get("/metrics", opt={"open": True}, sync_to_thread=True, summary="Prometheus")
    def metrics() -> Response[bytes]:
        registry = REGISTRY
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [health, metrics]
