"""What becomes of a form that sends a record: back to its page with the receipt, or the form again with what is wrong."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Response
from litestar.response import Redirect

from fangpin.ports import HttpProblem

AGAIN = (422, 503)  # what cannot be meant, and a hub that cannot take it now: nothing that was filled in is lost


def saved(
    page: str, send: Callable[[], Mapping[str, object]], again: Callable[[HttpProblem], Response[Any]]
) -> Response[Any]:
    """Send, and go to the page, which shows the receipt's effect. Raises what is not for the one who fills in the form."""
    try:
        receipt = send()
    except HttpProblem as problem:
        if problem.status not in AGAIN:
            raise
        return again(problem)
    return Redirect(with_receipt(page, str(receipt["receipt_id"])), status_code=303)


def with_receipt(page: str, receipt: str | None) -> str:
    """The page's address as it is after something was saved there: with the receipt, whose effect it then shows."""
    return f"{page}?{urlencode({'saved': receipt})}" if receipt else page
