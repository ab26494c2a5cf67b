"""Which household a fact belongs to: the batch's own, and those that a change of the register may have moved."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from consumers.correlator import aid
from consumers.correlator.batch import Batch
from consumers.correlator.linked import Linked
from consumers.correlator.matching import Matcher, Named
from consumers.correlator.registering import Affected
from consumers.correlator.sealing import seal
from consumers.correlator.signals import Judged
from consumers.correlator.stored import POLICY_NOTES, Stored, judged_again, judged_by_aid, load_again
from fangpin.domain.ids import exception_id, uuid_named
from fangpin.domain.matching import PROBLEMS, Match
from fangpin.domain.policy import Fact

KEPT_NOTES = ("NORMALISED", *POLICY_NOTES, "SUPERSEDED_BY_FILE")  # they do not come from matching


def link(batch: Batch, judged: Sequence[Judged], affected: Affected) -> list[Linked]:
    """Match the facts of the batch that hold now, and match again those that the register's change concerns."""
    seal(batch, judged)
    holding = [one for one in judged if one.is_current]
    again = load_again(batch, affected, holding)
    named = [*map(_named, holding), *map(_named_before, again)]
    matcher = Matcher(batch, [*named, *(_named(earlier) for one in holding for earlier in one.earlier)])
    found = [matcher.match(one) for one in named]
    matcher.remember()
    linked = [_link_new(batch, one, match) for one, match in zip(holding, found[: len(holding)], strict=True)]
    for new in linked:
        if new.judged is not None and new.judged.earlier:
            new.earlier = tuple(_linked(batch, one, matcher.match(_named(one))) for one in new.judged.earlier)
    linked.extend(
        moved
        for one, match in zip(again, found[len(holding) :], strict=True)
        if (moved := _link_again(batch, one, match)) is not None
    )
    if affected.targets or affected.aliased:
        causes = {one.record_key: _cause(one, match, affected) for one, match in zip(named, found, strict=True)}
        for new in linked:
            new.cause = causes[new.record_key]
    aided = aid.concerned(batch, linked)
    for new in linked:
        if new.judged is not None and not new.judged.effective:
            places = {new.household_before, new.household_now}
            new.judged.touched = len(places) > 1 or bool(places & (affected.households | aided))
    return [*linked, *judged_by_aid(batch, aided, linked)]


def _named(one: Judged) -> Named:
    record = one.arrival.record
    return Named(
        record_key=one.arrival.record_key,
        county_code=record.county_code,
        source=one.arrival.source,
        occurred_on=record.occurred_on,
        person_key=one.person_key,
        name_key=one.name_key,
        household_no=record.subject.household_no,
    )


def _named_before(one: Stored) -> Named:
    row = one.row
    return Named(
        record_key=row["record_key"],
        county_code=one.county_code,
        source=row["source"],
        occurred_on=row["occurred_on"],
        person_key=one.person_key,
        name_key=bytes(row["name_key"]) if row["name_key"] is not None else None,
        household_no=one.household_no,
    )


def _cause(one: Named, found: Match, affected: Affected) -> str | None:
    """What moved a record, when it was not the register."""
    if one.record_key in affected.targets:
        return "link-decided" if "LINKED_BY_PERSON" in found.notes else "link-undone"
    return "alias" if (one.county_code, one.household_no) in affected.aliased else None


def _link_new(batch: Batch, one: Judged, found: Match) -> Linked:
    linked = _linked(batch, one, found)
    before = one.before
    _report(
        batch,
        one.arrival.record_key,
        one,
        before.outcome if before else None,
        "matched" if one.arrival.record.withdrawn else found.outcome,
    )
    return linked


def _linked(batch: Batch, one: Judged, found: Match) -> Linked:
    record = one.arrival.record
    withdrawn = record.withdrawn
    placed = found.outcome == "matched" and found.household_no is not None and not (withdrawn and _never_told(one))
    one.household_id = uuid_named(found.household_no) if placed and found.household_no else None
    one.outcome = found.outcome
    one.notes.extend(found.notes)
    if not withdrawn:
        one.notes.extend(batch.book.notes(record.county_code, record.feed, record.occurred_on, record.fields))
    person = one.person_key.hex() if one.person_key is not None else None
    fact = Fact(record.feed, one.arrival.source, record.record_id, record.occurred_on, record.fields, person)
    return Linked(
        record_key=one.arrival.record_key,
        revision=record.revision,
        feed=record.feed,
        county_code=record.county_code,
        source=one.arrival.source,
        record_id=record.record_id,
        withdrawn=withdrawn,
        occurred_on=record.occurred_on,
        recorded_at=batch.now,
        baseline=one.arrival.baseline,
        notes=tuple(one.notes),
        household_before=one.before.household_id if one.before is not None else None,
        household_now=one.household_id,
        person_key=one.person_key,
        seal_subject=one.seal_subject,
        sealed=one.sealed,
        judged=one,
        fact=None if withdrawn else fact,
    )


def _never_told(one: Judged) -> bool:
    """Whether no household has heard of the record: a withdrawal that came before it takes nothing from anybody."""
    known = one.before is not None and one.before.household_id is not None
    return not known and all(earlier.arrival.record.withdrawn for earlier in one.earlier)


def _link_again(batch: Batch, one: Stored, found: Match) -> Linked | None:
    row = one.row
    household = UUID(found.household_no) if found.outcome == "matched" and found.household_no else None
    kept = [note for note in row["notes"] if note in KEPT_NOTES]
    notes = [*kept, *found.notes]
    batch.conn.execute(
        "UPDATE signal SET household_id = %s, outcome = %s, notes = %s WHERE record_key = %s AND revision = %s",
        (household, found.outcome, notes, row["record_key"], row["revision"]),
    )
    _report(batch, row["record_key"], row, row["outcome"], found.outcome)
    if household is None and row["household_id"] is None:
        return None
    return judged_again(batch, one, household, notes)


def _report(batch: Batch, key: UUID, one: Judged | dict[str, Any], before: str | None, now: str) -> None:
    """Open an exception while a record has no household; close it when it gets one."""
    if before == now or (before is None and now == "matched"):
        return
    if isinstance(one, Judged):
        record = one.arrival.record
        place = (record.county_code, record.feed, record.record_id, record.revision, one.arrival.source)
    else:
        place = (one["county_code"], one["feed"], one["record_id"], one["revision"], one["source"])
    county, feed, record_id, revision, source = place
    for status, outcome in (("resolved", before), ("open", now)):
        if outcome is not None and outcome in PROBLEMS:
            problem = PROBLEMS[outcome]
            batch.outbox.exception(
                county,
                exception_id(outcome, key),
                status=status,
                feed=feed,
                code=problem.code,
                field=problem.field,
                message=problem.message,
                record_id=record_id,
                revision=revision,
                source=source,
            )
