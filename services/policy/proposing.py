"""A proposal, an approval, and taking either back: records on their way to the feeds, under the account's own name."""

from datetime import date, datetime
from uuid import UUID, uuid4

from fangpin.active_policies import Proposal, case_fault_of, digest_of, fault_of, proposals
from fangpin.database import Connection
from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.feeds.policy_approval import POLICY_APPROVAL
from fangpin.domain.feeds.policy_proposal import MOST_CASES, MOST_CHARACTERS, POLICY_PROPOSAL
from fangpin.domain.policy import PackError
from fangpin.policies import own_packs, pack_of_text
from fangpin.ports import Account, HttpProblem, WebDependencies
from services.access import asking
from services.policy.access import county_of

Answer = dict[str, object]


def propose(
    deps: WebDependencies, account: Account, content: str, from_on: str, reason: str, cases: str = ""
) -> Answer:
    """Publish a proposal, proved by its boundary table where there is one; the body of the 202, with its `proposal`. Raises `HttpProblem` 422 for what cannot be used."""
    if len(content) > MOST_CHARACTERS:
        raise _fault("content", f"政策包超过 {MOST_CHARACTERS} 个字符，请核对文件。")
    if len(cases) > MOST_CASES:
        raise _fault("cases", f"边界案例表超过 {MOST_CASES} 个字符，请核对文件。")
    if not reason.strip():
        raise _fault("reason", "请写明理由。")
    try:
        day = date.fromisoformat(from_on)
    except ValueError:
        raise _fault("from", "启用日期应写成 2022-01-01 这样的日期。") from None
    try:
        pack = pack_of_text(content, "政策包")
    except PackError as error:
        raise _fault("content", f"政策包不能使用：{error}。请修改后重新提出。") from error
    county = county_of(account, pack.county_code)
    record_id = f"policy-{uuid4().hex}"
    content = content.strip()
    new = Proposal(
        proposal_key=uuid4(),
        county_code=county,
        record_id=record_id,
        revision=1,
        pack_id=pack.id,
        from_on=day,
        content=content,
        digest=digest_of(day, content),
        reason=reason,
        proposed_by=account.name,
        proposed_at=None,
        withdrawn=False,
    )
    with deps.pool.connection() as conn:
        fault = fault_of(new, proposals(conn, [county]), own_packs())
    if fault is not None:
        raise _fault("content", fault)
    unproved = case_fault_of(new, cases, own_packs()) if cases.strip() else None
    if unproved is not None:
        raise _fault("cases", unproved)
    own = {"pack": pack.id, "from": from_on, "content": content, "reason": reason}
    if cases.strip():
        own["cases"] = cases.strip()
    answer = deps.publish_one(account, POLICY_PROPOSAL.slug, {**_common(record_id, county), **own})
    deps.audit(account.name, "policy-proposed", record_id)
    return {**answer, "proposal": record_id, "digest": new.digest}


def approve(deps: WebDependencies, account: Account, one: Proposal, digest: str) -> Answer:
    """Publish an approval of the proposal with that digest. Raises `HttpProblem` 409 when it can have no effect."""
    if one.withdrawn or one.in_force or one.approved:
        raise _conflict("STATE", f"该提案{status_of(one)}，不能再批准。")
    if digest != one.digest:
        raise _conflict("PROPOSAL_CHANGED", "提案的内容或启用日期已经更正，请读过现在的内容再批准。")
    if account.name == one.proposed_by:
        raise _conflict("SAME_PERSON", "提出人不能批准自己的提案，须由另一人批准。")
    own = {"proposal": one.record_id, "digest": digest, "approved_on": _today(deps, one.county_code).isoformat()}
    raw = {**_common(f"approval-{uuid4().hex}", one.county_code), **own}
    deps.audit(account.name, "policy-approved", one.record_id)
    return deps.publish_one(account, POLICY_APPROVAL.slug, raw)


def _today(deps: WebDependencies, county: str) -> date:
    """The county's civil date; the real one before it has any, and where it lies ahead: a record is not of tomorrow."""
    real = datetime.now(SHANGHAI).date()
    with deps.pool.connection() as conn:
        row = conn.execute("SELECT civil_date FROM county WHERE county_code = %s", (county,)).fetchone()
    return min(row[0], real) if row is not None and row[0] is not None else real


def withdraw(deps: WebDependencies, account: Account, one: Proposal) -> Answer:
    """Take the proposal back. Raises `HttpProblem` 409 when it is in force."""
    if one.in_force or one.withdrawn:
        raise _conflict("STATE", f"该提案{status_of(one)}，不能撤回；请提出新的政策包。")
    raw = {**_common(one.record_id, one.county_code), "revision": one.revision + 1, "status": "withdrawn"}
    deps.audit(account.name, "policy-withdrawn", one.record_id)
    return deps.publish_one(account, POLICY_PROPOSAL.slug, {**raw, "occurred_on": one.from_on.isoformat()})


def disapprove(deps: WebDependencies, conn: Connection, account: Account, one: Proposal) -> Answer:
    """Take the approval back. Raises `HttpProblem` 409 when there is none, or the pack is in force."""
    if one.in_force or not one.approved:
        raise _conflict("STATE", f"该提案{status_of(one)}，没有可以撤销的批准。")
    row = conn.execute(
        "SELECT record_id, revision FROM signal WHERE record_key = %s AND is_current", (one.approval_key,)
    ).fetchone()
    assert row is not None  # the approval that the row names is stored
    assert one.approved_on is not None
    raw = {**_common(row[0], one.county_code), "revision": row[1] + 1, "status": "withdrawn"}
    deps.audit(account.name, "policy-approval-withdrawn", one.record_id)
    return deps.publish_one(account, POLICY_APPROVAL.slug, {**raw, "occurred_on": one.approved_on.isoformat()})


def status_of(one: Proposal) -> str:
    """Where it stands, in a few words."""
    if one.withdrawn:
        return "已撤回"
    if one.in_force:
        return "已启用"
    return f"已批准，{one.from_on} 启用" if one.approved else "待批准"


def refused(conn: Connection, receipt: UUID) -> str | None:
    """Why the correlator refused what was sent under a receipt."""
    row = conn.execute("SELECT message FROM quarantine WHERE receipt_id = %s", (receipt,)).fetchone()
    return str(row[0]) if row is not None else None


def _common(record_id: str, county: str) -> dict[str, object]:
    return {
        "record_id": record_id,
        "revision": 1,
        "county_code": county,
        "reported_at": datetime.now(SHANGHAI).isoformat(),
        "subject": {},
    }


def _fault(field: str, detail: str) -> HttpProblem:
    return asking.wrong(field, detail)


def _conflict(code: str, detail: str) -> HttpProblem:
    return HttpProblem(409, code, detail)
