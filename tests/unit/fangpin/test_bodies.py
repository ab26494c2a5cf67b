"""Bodies and queries of requests."""

from __future__ import annotations

import pytest
from litestar import Request
from litestar.testing import RequestFactory

from fangpin.bodies import media_type, object_of, query_of
from fangpin.ports import HttpProblem


def request(content_type: str = "", query: dict[str, str | list[str]] | None = None, **headers: str) -> Request:  # type: ignore[type-arg]
    return RequestFactory().get("/", query_params=query, headers={"content-type": content_type, **headers})


def test_A4_an_object_of_exactly_these_names() -> None:
    assert object_of(b'{"a": 1}', {"a"}) == {"a": 1}
    for body, status, code in (
        (b'{"a": 1, "b": 2}', 422, "UNKNOWN_FIELD"),
        (b"{}", 422, "MISSING_FIELD"),
        (b"[]", 422, "TYPE"),
        (b"{", 400, "DECODE"),
    ):
        with pytest.raises(HttpProblem) as caught:
            object_of(body, {"a"})
        assert (caught.value.status, caught.value.code) == (status, code)


@pytest.mark.parametrize(
    "given", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_media_type_without_parameters(given: str) -> None:
    assert media_type(request(given)) == "application/json"
    assert media_type(request("multipart/form-data; boundary=x")) == "multipart/form-data"


def test_A3_other_charsets_and_packed_bodies() -> None:
    for one in (
        request("application/json; charset=utf-7"),
        request("application/json", **{"content-encoding": "gzip"}),
    ):
        with pytest.raises(HttpProblem) as caught:
            media_type(one)
        assert caught.value.status == 415


def test_A8_a_parameter_that_is_unknown_or_stands_twice() -> None:
    assert query_of(request(query={"limit": "1"}), "limit", "cursor") == {"limit": "1"}
    for query in ({"x": "1"}, {"limit": ["1", "2"]}):
        with pytest.raises(HttpProblem) as caught:
            query_of(request(query=query), "limit")  # type: ignore[arg-type]
        assert (caught.value.status, caught.value.code) == (422, "QUERY_INVALID")
