"""Everything that the frame contributes to the web process."""

from litestar.datastructures import CacheControlHeader
from litestar.router import Router
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from fangpin.ports import WebDependencies
from services.frame.announcements import Announcements
from services.frame.live import live_route
from services.frame.rendering import OPEN, STATIC
from services.frame.signing_in import signing_in

YEAR_S = 365 * 24 * 3600  # an address carries the digest of its file's content


def routes(deps: WebDependencies, announcements: Announcements) -> list[ControllerRouterHandler]:
    """The front door, the stream of changes, and the files that pages load."""
    static: Router = create_static_files_router(
        path="/static",
        directories=[STATIC],
        opt=OPEN,
        cache_control=CacheControlHeader(max_age=YEAR_S, public=True),
        include_in_schema=False,
    )
    pages = Router("/", route_handlers=[*signing_in(deps), live_route(deps, announcements)], include_in_schema=False)
    return [pages, static]
