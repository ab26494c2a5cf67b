"""A county's policy as pages: what is in force, proposals, one of them with its differences, proposing and approving."""

from collections.abc import Callable
from typing import Any

from anyio import to_thread
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody
from litestar.response import Redirect

from fangpin.active_policies import Proposal
from fangpin.bodies import media_type, query_of
from fangpin.ports import Account, HttpProblem
from services.access import asking
from services.frame.forms import form_of
from services.frame.policy_text import pack_lines
from services.frame.rendering import Frame
from services.policy import proposing, reading
from services.policy.access import DECIDING, TRYING, county_of, deciding, seeing

AnyRequest = Request[Any, Any, Any]
HERE = "/policies"
MAX_UPLOAD = 2 * 1024 * 1024


def policies_pages(frame: Frame) -> list[HTTPRouteHandler]:
    """The routes."""
    deps = frame.deps

    @get(HERE, sync_to_thread=True)
    def policies(request: AnyRequest) -> Response[str]:
        query_of(request)
        return listed(seeing(deps.account_of(request)))

    @get(f"{HERE}/packs/{{pack:str}}", sync_to_thread=True)
    def pack_page(request: AnyRequest, pack: FromPath[str]) -> Response[str]:
        account = seeing(deps.account_of(request))
        query_of(request)
        found = deps.book.packs.get(pack)
        if found is None or not found.county_code.startswith(account.county):
            raise asking.not_found()
        return frame.page("policy_pack.html", account, HERE, pack=found, lines=list(pack_lines(found)))

    @post(f"{HERE}/proposals", request_max_body_size=MAX_UPLOAD)
    async def propose(request: AnyRequest) -> Response[Any]:
        account = await to_thread.run_sync(lambda: deciding(deps.account_of(request)))
        content, form = await uploaded(request)  # its file of cases is a field of the form
        return await to_thread.run_sync(proposed, account, content, form)

    def proposed(account: Account, content: str, form: dict[str, str]) -> Response[Any]:
        try:
            answer = proposing.propose(
                deps, account, content, form.get("from", ""), form.get("reason", ""), form.get("cases", "")
            )
        except HttpProblem as problem:
            return listed(account, status=problem.status, fault=problem.detail, form=form)
        return Redirect(f"{HERE}/proposals/{answer['proposal']}?receipt={answer['receipt_id']}", status_code=303)

    @get(f"{HERE}/proposals/{{proposal:str}}", sync_to_thread=True)
    def proposal_page(request: AnyRequest, proposal: FromPath[str]) -> Response[str]:
        account = seeing(deps.account_of(request))
        return one_page(account, proposal, receipt=query_of(request, "receipt").get("receipt"))

    @post(f"{HERE}/proposals/{{proposal:str}}/{{step:str}}", sync_to_thread=True)
    def decide(request: AnyRequest, proposal: FromPath[str], step: FromPath[str], body: RawBody) -> Response[Any]:
        account = deciding(deps.account_of(request))
        form = form_of(request, body)
        with deps.pool.connection() as conn:
            found = reading.find(conn, account, proposal)
        steps: dict[str, Callable[[Proposal], proposing.Answer]] = {
            "approval": lambda one: proposing.approve(deps, account, one, form.get("digest", "")),
            "withdrawal": lambda one: proposing.withdraw(deps, account, one),
            "disapproval": disapprove(account),
        }
        if found is None or step not in steps:
            raise asking.not_found()
        try:
            answer = steps[step](found)
        except HttpProblem as problem:
            return one_page(account, proposal, status=problem.status, fault=problem.detail)
        return Redirect(f"{HERE}/proposals/{proposal}?receipt={answer['receipt_id']}", status_code=303)

    def disapprove(account: Account) -> Callable[[Proposal], proposing.Answer]:
        def step(one: Proposal) -> proposing.Answer:
            with deps.pool.connection() as conn:
                return proposing.disapprove(deps, conn, account, one)

        return step

    def listed(
        account: Account, *, status: int = 200, fault: str | None = None, form: dict[str, str] | None = None
    ) -> Response[str]:
        county = county_of(account, None)
        with deps.pool.connection() as conn:
            found = reading.proposed(conn, county)
        return frame.page(
            "policies.html",
            account,
            HERE,
            status=status,
            county=frame.place(county),
            packs=reading.in_force(deps.book, county),
            proposals=found,
            decides=account.role in DECIDING,
            tries=account.role in TRYING,
            fault=fault,
            form={"from": "", "reason": "", **(form or {})},
        )

    def one_page(
        account: Account,
        proposal: str,
        *,
        receipt: str | None = None,
        status: int = 200,
        fault: str | None = None,
    ) -> Response[str]:
        with deps.pool.connection() as conn:
            found = reading.find(conn, account, proposal)
            if receipt is not None and fault is None:
                identity = asking.identity(receipt)
                fault = proposing.refused(conn, identity)
                settled = fault is not None or _settled(conn, identity)
            else:
                settled = True
        if found is None and (settled and fault is None):
            raise asking.not_found()
        before, lines = reading.changes(deps.book, found) if found is not None else (None, [])
        return frame.page(
            "policy_proposal.html",
            account,
            HERE,
            status=status,
            one=reading.shown(found) if found is not None else None,
            content=found.content if found is not None else "",
            before=before,
            lines=lines,
            decides=account.role in DECIDING,
            own=found is not None and found.proposed_by == account.name,
            fault=fault,
            waiting=not settled,
            address=f"{HERE}/proposals/{proposal}" + (f"?receipt={receipt}" if receipt is not None else ""),
        )

    return [policies, pack_page, propose, proposal_page, decide]


def _settled(conn: Any, receipt: Any) -> bool:
    """Whether the correlator has taken what was sent under the receipt."""
    row = conn.execute("SELECT EXISTS (SELECT 1 FROM signal WHERE receipt_id = %s)", (receipt,)).fetchone()
    return bool(row[0])


async def uploaded(request: AnyRequest) -> tuple[str, dict[str, str]]:
    """The text of the form's file, and its other fields. Raises 415 and 422."""
    if media_type(request) != "multipart/form-data":
        raise HttpProblem(415, "CONTENT_TYPE", "请用本页的表单上传文件。")
    form = await request.form()
    part = form.get("pack")
    if not isinstance(part, UploadFile):
        raise asking.wrong("pack", "请选择政策包文件（YAML）。")
    content = await _text_of(part, "pack", "政策包")
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    cases = form.get("cases")
    if isinstance(cases, UploadFile):
        fields["cases"] = await _text_of(cases, "cases", "边界案例表")
    return content, fields


async def _text_of(part: UploadFile, name: str, told: str) -> str:
    try:
        return (await part.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise asking.wrong(name, f"{told}应为 UTF-8 编码的文本文件。") from None
