"""Everything that the analyst's part contributes to the web process."""

from litestar.router import Router
from litestar.types import ControllerRouterHandler

from fangpin.ports import WebDependencies
from services.analyst.api import statistics_api
from services.analyst.pages import statistics_pages


def routes(deps: WebDependencies) -> list[ControllerRouterHandler]:
    """API, pages, files."""
    return [statistics_api(deps), Router("/", route_handlers=statistics_pages(deps), include_in_schema=False)]
