"""Everything that the county's policy contributes to the web process."""

from pathlib import Path

from litestar.router import Router
from litestar.types import ControllerRouterHandler

from fangpin.ports import WebDependencies
from services.frame.rendering import Frame
from services.policy.api import policies_api
from services.policy.comparing_pages import comparing_pages
from services.policy.pages import policies_pages
from services.policy.sandbox_pages import sandbox_pages

TEMPLATES = Path(__file__).parent / "templates"


def routes(deps: WebDependencies) -> list[ControllerRouterHandler]:
    """API and pages."""
    frame = Frame(deps, TEMPLATES)
    return [
        *policies_api(deps),
        Router(
            "/",
            route_handlers=[*policies_pages(frame), *comparing_pages(frame), *sandbox_pages(frame)],
            include_in_schema=False,
        ),
    ]
