"""A form that was sent: to the page with the receipt, or again as it was filled in."""

from collections.abc import Mapping
from typing import Any

import pytest
from litestar import Response

from fangpin.ports import HttpProblem
from services.frame.saving import saved


def again(problem: HttpProblem) -> Response[Any]:
    return Response(problem.detail, status_code=problem.status)


def refusing(status: int) -> Any:
    def send() -> Mapping[str, object]:
        raise HttpProblem(status, "X", "写清理由。")

    return send


def test_what_was_sent_is_shown_on_its_page_with_the_receipt() -> None:
    found = saved("/aliases", lambda: {"receipt_id": "a/b"}, again)
    assert found.status_code == 303
    assert getattr(found, "url", None) == "/aliases?saved=a%2Fb"


@pytest.mark.parametrize("status", [422, 503])
def test_nothing_that_was_filled_in_is_lost(status: int) -> None:
    found = saved("/aliases", refusing(status), again)
    assert (found.status_code, found.content) == (status, "写清理由。")


def test_what_is_not_for_the_form_is_raised() -> None:
    with pytest.raises(HttpProblem):
        saved("/aliases", refusing(404), again)
