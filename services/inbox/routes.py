"""Everything that the inbox contributes to the web process."""

from litestar.router import Router
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from fangpin.ports import WebDependencies
from services.inbox import api, pages


def routes(deps: WebDependencies) -> list[ControllerRouterHandler]:
    """API, pages, and the files that pages load."""
    static: Router = create_static_files_router(path="/static", directories=[pages.STATIC], opt=pages.OPEN)
    return [*api.routes(deps), *pages.routes(deps), static]
