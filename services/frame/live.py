"""`/live`: server-sent events that tell an open page that something of its area changed, never what.

The page then asks for itself again, with its own cookie, so a stream needs no rights of its own beyond the area.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage as Message

from fangpin.ports import WebDependencies
from services.access.asking import officers_only
from services.frame.announcements import Announcements

LIFE_S = 120.0  # then the browser comes again and shows its cookie: a session that ended hears nothing for longer
PING_S = 15.0  # proxies close what is silent for a minute
GAP_S = 0.5  # while a county's register is loaded there is a change in every batch
COME_AGAIN_MS = 1000
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def stream(announcements: Announcements, area: str) -> AsyncIterator[Message]:
    """Events of one page: `hello` first, then `changed`, at most one in GAP_S and none lost."""
    loop = asyncio.get_running_loop()
    end = loop.time() + LIFE_S
    with announcements.of(area) as changed:
        yield Message(event="hello", data="here", retry=COME_AGAIN_MS)
        while loop.time() < end:
            try:
                await asyncio.wait_for(changed.wait(), PING_S)
            except TimeoutError:
                yield Message(comment="still here", data=None)
                continue
            changed.clear()
            if announcements.closed:
                return
            yield Message(event="changed", data="now")
            await asyncio.sleep(GAP_S)


def live_route(deps: WebDependencies, announcements: Announcements) -> HTTPRouteHandler:
    """The route."""

    @get("/live")
    async def live(request: Request[Any, Any, Any]) -> ServerSentEvent:
        account = officers_only(deps.account_of(request))  # known since the guard; no query
        return ServerSentEvent(stream(announcements, account.area), headers=HEADERS)

    return live
