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
    return Redirect(f"{page}?{urlencode({'saved': str(receipt['receipt_id'])})}", status_code=303)
