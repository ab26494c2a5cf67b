"""Everything that the inbox contributes to the web process."""

from pathlib import Path

from litestar.router import Router
from litestar.types import ControllerRouterHandler

from fangpin.ports import WebDependencies
from services.frame.rendering import Frame
from services.inbox import api, unplaced_api
from services.inbox.aliases_pages import aliases_pages
from services.inbox.areas_pages import areas_api, areas_pages
from services.inbox.exclusions_pages import exclusions_pages
from services.inbox.households_pages import households_pages
from services.inbox.notices_pages import notices_pages
from services.inbox.unplaced_pages import unplaced_pages
from services.inbox.warnings_pages import warnings_pages

TEMPLATES = Path(__file__).parent / "templates"


def routes(deps: WebDependencies) -> list[ControllerRouterHandler]:
    """API and pages."""
    frame = Frame(deps, TEMPLATES)
    pages = [
        *warnings_pages(frame),
        *households_pages(frame),
        *exclusions_pages(frame),
        *notices_pages(frame),
        *unplaced_pages(frame),
        *aliases_pages(frame),
        *areas_pages(frame),
    ]
    return [
        *api.routes(deps),
        areas_api(deps),
        *unplaced_api.routes(deps),
        Router("/", route_handlers=pages, include_in_schema=False),
    ]
