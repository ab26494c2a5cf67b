"""Everything that the board contributes to the web process."""

from litestar.router import Router
from litestar.types import ControllerRouterHandler

from fangpin.ports import WebDependencies
from services.board.api import board_api
from services.board.pages import board_pages


def routes(deps: WebDependencies) -> list[ControllerRouterHandler]:
    """API and page."""
    return [board_api(deps), Router("/", route_handlers=board_pages(deps), include_in_schema=False)]
