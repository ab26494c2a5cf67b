"""Everything that the inbox contributes to the web process."""

from pathlib import Path

from litestar.handlers import HTTPRouteHandler

from fangpin.ports import WebDependencies
from services.frame.rendering import Frame
from services.inbox import api
from services.inbox.households_pages import households_pages
from services.inbox.notices_pages import notices_pages
from services.inbox.warnings_pages import warnings_pages

TEMPLATES = Path(__file__).parent / "templates"


def routes(deps: WebDependencies) -> list[HTTPRouteHandler]:
    """API and pages."""
    frame = Frame(deps, TEMPLATES)
    return [*api.routes(deps), *warnings_pages(frame), *households_pages(frame), *notices_pages(frame)]
