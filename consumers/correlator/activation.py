"""Policy packs of the counties: who may propose and approve one, and when it comes into force.

A pack is in force when it was approved by somebody other than who proposed it and the county's civil date has come that
the proposal names. Both are records; so is the date. What follows, whenever, is the same.
"""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from psycopg import Rollback

from consumers.correlator import revaluation
from consumers.correlator.arrivals import Arrival, Refusal, refusal
from consumers.correlator.batch import Batch
from consumers.correlator.signals import Judged
from fangpin.active_policies import COLUMNS, ActiveBooks, Proposal, case_fault_of, digest_of, fault_of, proposals
from fangpin.domain.errors import Problem
from fangpin.domain.feeds.policy_proposal import POLICY_PROPOSAL
from fangpin.domain.ids import record_key
from fangpin.domain.policy import Pack, PackBook, PackError
from fangpin.domain.policy.apart import parting
from fangpin.policies import pack_once_proved

ROLES = ("proposal", "approval")
Held = dict[UUID, Proposal]


def without_refused(
    batch: Batch, base: Sequence[Pack], arrivals: list[Arrival], refusals: list[Refusal]
) -> list[Arrival]:
    """The arrivals without the proposals and approvals that have no effect they could have; those become refusals."""
    own = [one for one in arrivals if one.feed.role in ROLES]
    if not own:
        return arrivals
    held = _held(batch, own)
    known = _known(batch, own)
    refused: dict[int, Problem] = {}
    for one in sorted(own, key=lambda one: ROLES.index(one.feed.role)):  # what is approved is there first
        if (one.record_key, one.record.revision) in known or (one.record_key, one.digest) in known:
            continue  # come again, or used before: not for us to judge
        judge: Callable[[Arrival, Held, Sequence[Pack]], Problem | None] = (
            _propose if one.feed.role == "proposal" else _approve
        )
        problem = judge(one, held, base)
        if problem is not None:
            refused[id(one)] = problem
            record = one.record
            refusals.append(
                refusal(
                    one.message,
                    problem,
                    record_id=record.record_id,
                    revision=record.revision,
                    record_key=one.record_key,
                )
            )
    return [one for one in arrivals if id(one) not in refused]


def _known(batch: Batch, own: Sequence[Arrival]) -> set[tuple[UUID, object]]:
    """The revisions that are stored, and the content of the one that holds."""
    rows = batch.conn.execute(
        "SELECT record_key, revision, digest, is_current FROM signal WHERE record_key = ANY(%b)",
        ([one.record_key for one in own],),
    )
    found: set[tuple[UUID, object]] = set()
    for key, revision, digest, is_current in rows:
        found.add((key, revision))
        if is_current:
            found.add((key, bytes(digest)))
    return found


def _held(batch: Batch, own: Iterable[Arrival]) -> Held:
    counties = {one.record.county_code for one in own}
    return {one.proposal_key: one for one in proposals(batch.conn, counties)}


def _propose(one: Arrival, held: Held, base: Sequence[Pack]) -> Problem | None:
    """Why a proposal is refused; taken, it is among the held."""
    before = held.get(one.record_key)
    if before is not None and before.in_force:
        return Problem(
            "POLICY_IN_FORCE", "pack", f"政策包 {before.pack_id} 已经启用，不能更正或撤回；请提出新的政策包。"
        )
    new = _proposal(one, before)
    if not new.withdrawn:
        others = [other for other in held.values() if other.proposal_key != one.record_key]
        problem = _unusable(new, others, base) or _unproved(new, one.record.fields.get("cases"), base)
        if problem is not None:
            return problem
    held[one.record_key] = new
    return None


def _unusable(new: Proposal, others: Iterable[Proposal], base: Sequence[Pack]) -> Problem | None:
    fault = fault_of(new, others, base)
    return Problem("POLICY_INVALID", "content", fault) if fault is not None else None


def _unproved(new: Proposal, cases: object, base: Sequence[Pack]) -> Problem | None:
    """Why the boundary table that came with a proposal does not prove it."""
    fault = case_fault_of(new, cases, base) if isinstance(cases, str) else None
    return Problem("POLICY_INVALID", "cases", fault) if fault is not None else None


def _proposal(one: Arrival, before: Proposal | None) -> Proposal:
    record = one.record
    fields = {field.name: str(record.fields[field.name] or "") for field in one.feed.fields}
    withdrawn = record.withdrawn
    return Proposal(
        proposal_key=one.record_key,
        county_code=record.county_code,
        record_id=record.record_id,
        revision=record.revision,
        pack_id=before.pack_id if withdrawn and before is not None else fields["pack"],
        from_on=record.occurred_on,
        content="" if withdrawn else fields["content"],
        digest="" if withdrawn else digest_of(record.occurred_on, fields["content"]),
        reason=before.reason if withdrawn and before is not None else fields["reason"],
        proposed_by=before.proposed_by if withdrawn and before is not None else fields["proposed_by"],
        proposed_at=record.reported_at,
        withdrawn=withdrawn,
        approval_key=before.approval_key if before is not None else None,
        approved_by=before.approved_by if before is not None else None,
        approved_on=before.approved_on if before is not None else None,
        approved_digest=before.approved_digest if before is not None else None,
    )


def _approve(one: Arrival, held: Held, base: Sequence[Pack]) -> Problem | None:
    """Why an approval, or taking one back, is refused; taken, it stands in the held proposal."""
    record = one.record
    if record.withdrawn:
        found = next((own for own in held.values() if own.approval_key == one.record_key), None)
        if found is not None and found.in_force:
            return Problem(
                "POLICY_IN_FORCE", "proposal", f"政策包 {found.pack_id} 已经启用，不能撤销批准；请提出新的政策包。"
            )
        if found is not None:
            found.approval_key = None
        return None
    fields = record.fields
    key = record_key(POLICY_PROPOSAL.slug, record.county_code, one.source, str(fields["proposal"]))
    found = held.get(key)
    if found is None or found.withdrawn:
        return Problem("PROPOSAL_UNKNOWN", "proposal", "没有这个提案，或已经撤回。请核对提案记录编号。")
    if fields["digest"] != found.digest:
        return Problem("PROPOSAL_CHANGED", "digest", "提案的内容或启用日期已经更正，请读过现在的内容再批准。")
    if fields["approved_by"] == found.proposed_by:
        return Problem("SAME_PERSON", "approved_by", "提出人不能批准自己的提案，须由另一人批准。")
    if found.approved and found.approval_key != one.record_key:
        return Problem("ALREADY_APPROVED", "proposal", f"该提案已由 {found.approved_by} 批准，不必再批准。")
    problem = _unusable(found, [other for other in held.values() if other is not found], base)
    if problem is not None:
        return problem
    found.approval_key, found.approved_on = one.record_key, record.occurred_on
    found.approved_by, found.approved_digest = str(fields["approved_by"]), str(fields["digest"])
    return None


def apply(batch: Batch, books: ActiveBooks, judged: Sequence[Judged], moved: Iterable[str]) -> None:
    """Store what holds now, and bring into force what is due where something changed, or the date moved.

    The batch's book is then the new one; what has to be judged again is left to `revaluation`.
    """
    arrivals = [one.arrival for one in judged if one.effective]
    counties = {one.record.county_code for one in arrivals} | set(moved)
    if not counties:
        return
    held = {one.proposal_key: one for one in proposals(batch.conn, counties)}
    touched = set()
    for one in sorted(arrivals, key=lambda one: ROLES.index(one.feed.role)):
        if one.feed.role == "proposal":
            held[one.record_key] = _proposal(one, held.get(one.record_key))
            touched.add(one.record_key)
        else:
            touched.update(_set_approval(one, held))
    _store(batch, [held[key] for key in touched])
    changed = [one for one in held.values() if _due(batch, one) != one.in_force]
    before = batch.book
    done = _bring(batch, books, sorted(changed, key=lambda one: (not one.in_force, one.from_on, one.proposal_key)))
    _tell(batch, done)
    _judge_again(batch, before, done)


def _set_approval(one: Arrival, held: Held) -> Iterable[UUID]:
    """Which proposals an approval, or taking one back, changes."""
    for own in held.values():
        if own.approval_key == one.record_key:
            own.approval_key = None
            yield own.proposal_key
    record = one.record
    if record.withdrawn:
        return
    found = held.get(record_key(POLICY_PROPOSAL.slug, record.county_code, one.source, str(record.fields["proposal"])))
    if found is not None:
        found.approval_key, found.approved_on = one.record_key, record.occurred_on
        found.approved_by, found.approved_digest = str(record.fields["approved_by"]), str(record.fields["digest"])
        yield found.proposal_key


def _due(batch: Batch, one: Proposal) -> bool:
    today = batch.civil_dates.get(one.county_code)
    return one.approved and today is not None and one.from_on <= today


def _store(batch: Batch, rows: Sequence[Proposal]) -> None:
    if not rows:
        return
    names = ", ".join(COLUMNS)
    marks = ", ".join(["%s"] * len(COLUMNS))
    kept = ("proposal_key", "in_force", "in_force_at")
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS if name not in kept)
    with batch.conn.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO policy_pack ({names}) VALUES ({marks}) ON CONFLICT (proposal_key) DO UPDATE SET {changes}",
            [tuple(getattr(row, name) for name in COLUMNS) for row in rows],
        )


def _bring(batch: Batch, books: ActiveBooks, changed: Sequence[Proposal]) -> list[Proposal]:
    """Into force, or out of it; those that did. A pack that cannot follow what is in force yet waits."""
    done = []
    for one in changed:
        with batch.conn.transaction() as attempt:
            batch.conn.execute(
                "UPDATE policy_pack SET in_force = NOT in_force, in_force_at = %s WHERE proposal_key = %s",
                (batch.now, one.proposal_key),
            )
            try:
                batch.book = books.at(batch.conn)
            except PackError:
                raise Rollback(attempt) from None
            one.in_force = not one.in_force
            done.append(one)
    return done


def _tell(batch: Batch, done: Iterable[Proposal]) -> None:
    for one in done:
        pack = batch.book.packs.get(one.pack_id) or pack_once_proved(one.content, one.pack_id)
        body = {
            "pack": one.pack_id,
            "document": pack.document.number,
            "proposal": one.record_id,
            "digest": one.digest,
            "valid_from": pack.valid_from,
        }
        if one.in_force:
            body |= {"proposed_by": one.proposed_by, "approved_by": one.approved_by, "reason": one.reason}
        kind = "PolicyActivated" if one.in_force else "PolicyDeactivated"
        batch.outbox.county_event(one.county_code, kind, one.from_on, **body)


def _judge_again(batch: Batch, before: PackBook, done: Iterable[Proposal]) -> None:
    latest = {one.county_code: one for one in done}
    for county, one in latest.items():
        parted = parting(county, before, batch.book)
        if parted is not None:
            revaluation.ask(batch.conn, county, parted, f"policy:{one.pack_id}")
