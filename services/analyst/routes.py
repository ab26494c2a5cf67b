"""Everything that the analyst's part contributes to the web process."""

from litestar.handlers import HTTPRouteHandler

from fangpin.ports import WebDependencies
from services.analyst.api import statistics_api
from services.analyst.pages import statistics_pages


def routes(deps: WebDependencies) -> list[HTTPRouteHandler]:
    """API, pages, files."""
    return [statistics_api(deps), *statistics_pages(deps)]
