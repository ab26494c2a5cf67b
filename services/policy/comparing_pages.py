"""Which counties' rules a fact would meet, as pages: for movers, and for reviewing a neighbour's rule."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from fangpin.bodies import query_of
from fangpin.ports import Account, HttpProblem
from services.access import asking
from services.frame.forms import form_of
from services.frame.labels import CLASSES, MONITORED
from services.frame.rendering import Frame
from services.policy import comparing
from services.policy.access import trying

AnyRequest = Request[Any, Any, Any]
HERE = "/policies"
WHERE = "/policies/comparison"


def comparing_pages(frame: Frame) -> list[HTTPRouteHandler]:
    """The routes. A household's facts are for those who may see people; what is pasted is in the body only."""
    deps = frame.deps

    @get(WHERE, sync_to_thread=True)
    def ask(request: AnyRequest) -> Response[str]:
        query_of(request)
        return page(trying(deps.account_of(request)))

    @post(WHERE, status_code=200, sync_to_thread=True)
    def compare(request: AnyRequest, body: RawBody) -> Response[str]:
        account = trying(deps.account_of(request))
        form = form_of(request, body)
        try:
            return page(account, comparing.pasted(form), form=form)
        except HttpProblem as problem:
            return page(account, form=form, status=problem.status, fault=problem.detail)

    @get(f"{WHERE}/{{household:str}}", sync_to_thread=True)
    def choose(request: AnyRequest, household: FromPath[str]) -> Response[str]:
        account = asking.persons_only(trying(deps.account_of(request)))
        query_of(request)
        identity = asking.identity(household)
        with deps.pool.connection() as conn:
            number = comparing.number_of(conn, account, identity)
            facts = comparing.facts_of(conn, identity)
        return frame.page("comparison_facts.html", account, HERE, household=household, number=number, facts=facts)

    @get(f"{WHERE}/{{household:str}}/{{sequence:int}}", sync_to_thread=True)
    def compare_one(request: AnyRequest, household: FromPath[str], sequence: FromPath[int]) -> Response[str]:
        account = asking.persons_only(trying(deps.account_of(request)))
        query_of(request)
        identity = asking.identity(household)
        with deps.pool.connection() as conn:
            number = comparing.number_of(conn, account, identity)
            found = comparing.stored(conn, deps.vault, identity, min(max(sequence, 0), 2**62))
        return page(account, found, household=household, number=number)

    def page(
        account: Account,
        compared: comparing.Compared | None = None,
        *,
        status: int = 200,
        fault: str | None = None,
        form: dict[str, str] | None = None,
        household: str | None = None,
        number: str | None = None,
    ) -> Response[str]:
        given = {"record": "", "class": "out-of-poverty", "monitored": "none", **dict.fromkeys(comparing.FLAGS, "")}
        given |= form or {}
        return frame.page(
            "comparison.html",
            account,
            HERE,
            status=status,
            compared=compared,
            results=comparing.results(deps.book, compared) if compared is not None else [],
            household=household,
            number=number,
            fault=fault,
            form=given,
            classes=CLASSES,
            monitored=MONITORED,
            flags=comparing.FLAGS,
        )

    return [ask, compare, choose, compare_one]
