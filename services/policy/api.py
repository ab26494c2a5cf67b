"""The JSON API of a county's policy, for programs and the command line."""

from typing import Any

from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from fangpin import bodies
from fangpin.active_policies import Proposal
from fangpin.ports import Account, WebDependencies
from services.access import asking
from services.policy import proposing, reading
from services.policy.access import county_of, deciding, seeing

AnyRequest = Request[Any, Any, Any]
MAX_BODY = 2 * 1024 * 1024  # the longest pack, every character escaped
PATH = "/api/v1/policies"


def policies_api(deps: WebDependencies) -> list[HTTPRouteHandler]:
    """The routes."""

    def one_of(account: Account, record_id: str) -> Proposal:
        with deps.pool.connection() as conn:
            found = reading.find(conn, account, record_id)
        if found is None:
            raise asking.not_found()
        return found

    @get(PATH, sync_to_thread=True, summary="Packs in force in a county, and proposals")
    def policies(request: AnyRequest) -> dict[str, Any]:
        account = seeing(deps.account_of(request))
        county = county_of(account, bodies.query_of(request, "county").get("county"))
        with deps.pool.connection() as conn:
            return {
                "county_code": county,
                "in_force": reading.in_force(deps.book, county),
                "proposals": reading.proposed(conn, county),
            }

    @get(f"{PATH}/proposals/{{proposal:str}}", sync_to_thread=True, summary="A proposal with its text")
    def proposal(request: AnyRequest, proposal: FromPath[str]) -> dict[str, Any]:
        bodies.query_of(request)
        found = one_of(seeing(deps.account_of(request)), proposal)
        return {**reading.shown(found), "content": found.content}

    @post(f"{PATH}/proposals", status_code=202, sync_to_thread=True, request_max_body_size=MAX_BODY)
    def propose(request: AnyRequest, body: RawBody) -> dict[str, Any]:
        account = deciding(deps.account_of(request))
        given = _texts(request, body, "content", "from", "reason", may=("cases",))
        return proposing.propose(
            deps, account, given["content"], given["from"], given["reason"], given.get("cases", "")
        )

    @post(f"{PATH}/proposals/{{proposal:str}}/approval", status_code=202, sync_to_thread=True)
    def approve(request: AnyRequest, proposal: FromPath[str], body: RawBody) -> dict[str, Any]:
        account = deciding(deps.account_of(request))
        digest = _texts(request, body, "digest")["digest"]
        return proposing.approve(deps, account, one_of(account, proposal), digest)

    @post(f"{PATH}/proposals/{{proposal:str}}/approval/withdrawal", status_code=202, sync_to_thread=True)
    def disapprove(request: AnyRequest, proposal: FromPath[str], body: RawBody) -> dict[str, Any]:
        account = deciding(deps.account_of(request))
        _texts(request, body)
        found = one_of(account, proposal)
        with deps.pool.connection() as conn:
            return proposing.disapprove(deps, conn, account, found)

    @post(f"{PATH}/proposals/{{proposal:str}}/withdrawal", status_code=202, sync_to_thread=True)
    def withdraw(request: AnyRequest, proposal: FromPath[str], body: RawBody) -> dict[str, Any]:
        account = deciding(deps.account_of(request))
        _texts(request, body)
        return proposing.withdraw(deps, account, one_of(account, proposal))

    return [policies, proposal, propose, approve, disapprove, withdraw]


def _texts(request: AnyRequest, body: bytes, *names: str, may: tuple[str, ...] = ()) -> dict[str, str]:
    """The texts of a JSON object that holds these, perhaps those that it `may`, and nothing else."""
    bodies.need_json(request)
    bodies.query_of(request)
    found = bodies.object_of(body, set(names), frozenset(may))
    for name in found:
        if not isinstance(found[name], str):
            raise asking.wrong(name, f"{name} 应为文字。")
    return {name: str(value) for name, value in found.items()}
