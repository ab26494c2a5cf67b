"""Puts the parts of the web process together."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from litestar import Litestar, Request, Response, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from fangpin.broker import Broker
from fangpin.kafka import Kafka, Producer
from fangpin.policies import load_book
from fangpin.ports import WebDependencies
from fangpin.settings import Settings
from fangpin.vault import Vault, load_or_create_secret
from services.access.door import Door
from services.analyst.routes import routes as analyst_routes
from services.board.routes import routes as board_routes
from services.frame.announcements import Announcements
from services.frame.routes import routes as frame_routes
from services.inbox.routes import routes as inbox_routes
from services.intake.publication import Publisher, Publishes
from services.intake.routes import Intake, intake_routes
from services.policy.routes import routes as policy_routes
from services.web.edge import Edge
from services.web.head import HeadAsGet
from services.web.live_book import LiveBook
from services.web.operation import BrokerCheck, Operation, operation_routes
from services.web.pool import web_pool
from services.web.problems import EXCEPTION_HANDLERS
from services.web.registry import ROUTES as REGISTRY_ROUTES
from services.web.sessions import session_route

THREADS = 24
LINGER_MS = 10  # requests that come together share one request to the broker, and wake its readers once


def create_app(
    settings: Settings,
    *,
    producer: Publishes | None = None,
    pool: Any = None,
    broker: Broker | None = None,
    farewell: signal.Signals | None = None,
) -> Litestar:
    """The application; `producer`, `pool` and `broker` stand in for the servers in tests.

    `farewell` is a signal that comes before the one that ends the process: open streams end on it.
    """
    own_pool = pool is None
    pool = pool or web_pool(settings.database_url)
    own_producer = Producer(settings.bootstrap_servers, linger_ms=LINGER_MS) if producer is None else None
    vault = Vault(load_or_create_secret(settings.secret_file))
    door = Door(pool)
    intake = Intake(
        pool,
        vault,
        Publisher(pool, producer or own_producer or Producer(settings.bootstrap_servers, linger_ms=LINGER_MS), vault),
    )
    book = LiveBook(pool, load_book())
    dependencies = WebDependencies(
        settings=settings,
        pool=pool,
        vault=vault,
        current_book=book.current,
        publish=intake.take_from_page,
        audit=door.audit,
        account_of=door.account_of,
        login=door.login,
        logout=door.logout,
    )
    announcements = Announcements(settings.database_url)
    broker = broker or Kafka(settings.bootstrap_servers)
    broker_check = BrokerCheck(broker)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        if own_pool:
            pool.open(wait=False)
        if farewell is not None:
            asyncio.get_running_loop().add_signal_handler(farewell, announcements.close)
        book.start()
        async with announcements.listening():
            yield
        book.stop()
        broker_check.close()
        if own_producer is not None:
            own_producer.close()
        if own_pool:
            pool.close()

    app = Litestar(
        route_handlers=[
            session_route(door),
            *intake_routes(intake, door),
            *REGISTRY_ROUTES,
            *operation_routes(Operation(broker, broker_check, pool)),
            openapi,
            *frame_routes(dependencies, announcements),
            *inbox_routes(dependencies),
            *analyst_routes(dependencies),
            *board_routes(dependencies),
            *policy_routes(dependencies),
        ],
        guards=[door.guard],
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=[lifespan],
        # The description is /openapi.json. Litestar's pages for it load from other hosts, and without any plugin it has
        # one all the same.
        openapi_config=OpenAPIConfig(
            title="Fangpin Hub", version="1", path="/schema", render_plugins=[JsonRenderPlugin()]
        ),
        logging_config=None,
    )
    app.asgi_handler = Edge(HeadAsGet(app.asgi_handler))
    return app


@get("/openapi.json", opt={"open": True}, sync_to_thread=True, include_in_schema=False)
def openapi(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """The description of the API."""
    return Response(request.app.openapi_schema.to_schema())
