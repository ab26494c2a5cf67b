"""Which household a fact belongs to: the batch's own, and those that a change of the register may have moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from consumers.correlator import aid
from consumers.correlator.batch import Batch
from consumers.correlator.linked import Linked
from consumers.correlator.matching import Matcher, Named
from consumers.correlator.registering import Affected
from consumers.correlator.signals import Judged
from fangpin.domain.feeds import FEEDS
from fangpin.domain.ids import exception_id, household_id, uuid_named
from fangpin.domain.matching import PROBLEMS, Match
from fangpin.domain.policy import Fact
from fangpin.domain.records import read_content
from fangpin.salts import load_salts
from fangpin.vault import household_subject

POLICY_NOTES = ("NO_POLICY", "PERIOD_OTHER")
KEPT_NOTES = ("NORMALISED", *POLICY_NOTES, "SUPERSEDED_BY_FILE")  # they do not come from matching
MATCHED = [slug for slug, feed in FEEDS.items() if feed.matched]


def link(batch: Batch, judged: Sequence[Judged], affected: Affected) -> list[Linked]:
    """Match the facts of the batch that hold now, and match again those that the register's change concerns."""
    seal(batch, judged)
    holding = [one for one in judged if one.is_current]
    again = _load_again(batch, affected, holding)
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
    return [*linked, *_judged_by_aid(batch, aided, linked)]


def _judged_by_aid(batch: Batch, aided: set[UUID], linked: Sequence[Linked]) -> list[Linked]:
    """The stored facts of these households that a rule judges by assistance; they stay where they are."""
    batch.need_households(aided)
    feeds = {feed for one in aided for feed in batch.book.asks_for_aid(batch.households[one].county_code)}
    if not feeds:
        return []
    rows = batch.conn.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM signal WHERE is_current AND NOT withdrawn AND feed = ANY(%b) "
        "AND household_id = ANY(%b) AND record_key <> ALL(%b) ORDER BY record_key",
        (list(feeds), list(aided), [one.record_key for one in linked]),
    ).fetchall()
    stored = [_stored(row) for row in rows]
    return [_judged_again(batch, one, one.row["household_id"], one.row["notes"]) for one in stored]


def stored_facts(
    batch: Batch, county: str, feeds: Sequence[str], occurred_from: date, after: UUID | None, limit: int
) -> tuple[list[Linked], UUID | None]:
    """Facts of the county's households, to be judged again where they are: the next `limit` after a record key.

    With the key after which to go on; None when these were the last. A fact whose key was shredded is left as it is.
    What the policy notes of a fact is noted anew.
    """
    rows = batch.conn.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM signal WHERE county_code = %s AND feed = ANY(%b) AND is_current "
        "AND NOT withdrawn AND household_id IS NOT NULL AND occurred_on >= %s AND (%s::uuid IS NULL OR record_key > %s) "
        "ORDER BY record_key LIMIT %s",
        (county, list(feeds), occurred_from, after, after, limit),
    ).fetchall()
    stored = [_stored(row) for row in rows]
    last = stored[-1].row["record_key"] if len(stored) == limit else None
    batch.salts |= load_salts(batch.conn, (bytes(one.row["seal_subject"]) for one in stored))
    open_ones = [one for one in stored if bytes(one.row["seal_subject"]) in batch.salts]
    again = [_judged_again(batch, one, one.row["household_id"], one.row["notes"]) for one in open_ones]
    for one in again:
        _note_anew(batch, one)
    return again, last


def _note_anew(batch: Batch, one: Linked) -> None:
    assert one.fact is not None  # none of these is withdrawn
    noted = batch.book.notes(one.county_code, one.feed, one.occurred_on, one.fact.fields)
    notes = (*(note for note in one.notes if note not in POLICY_NOTES), *noted)
    if notes != one.notes:
        one.notes = notes
        batch.conn.execute(
            "UPDATE signal SET notes = %s WHERE record_key = %s AND revision = %s",
            (list(notes), one.record_key, one.revision),
        )


def seal(batch: Batch, judged: Sequence[Judged]) -> None:
    """Pseudonyms and sealed content of every revision that is stored, also of those that do not hold."""
    for one in judged:
        subject = one.arrival.record.subject
        if subject.id_number is not None:
            one.person_key = one.seal_subject = batch.vault.person_key(subject.id_number)
        elif subject.household_no is not None:
            one.seal_subject = household_subject(household_id(one.arrival.record.county_code, subject.household_no))
        else:
            one.seal_subject = f"county:{one.arrival.record.county_code}".encode()
        one.name_key = batch.vault.name_key(subject.name) if subject.name is not None else None
    batch.need_salts(one.seal_subject for one in judged)
    for one in judged:
        one.sealed = batch.seal(one.seal_subject, one.arrival.content)


@dataclass(slots=True)
class _Stored:
    """A row of `signal` that has to be matched again."""

    row: dict[str, Any]
    person_key: bytes | None
    household_no: str | None
    county_code: str


_COLUMNS = (
    "record_key", "revision", "feed", "county_code", "source", "record_id", "withdrawn", "occurred_on", "recorded_at",
    "baseline", "notes", "household_id", "outcome", "person_key", "name_key", "household_no", "seal_subject", "sealed",
)  # fmt: skip


def _load_again(batch: Batch, affected: Affected, holding: Sequence[Judged]) -> list[_Stored]:
    """The stored facts that the change concerns, but for those that the batch replaces."""
    if not (affected.households or affected.aliased or affected.targets):
        return []
    but = {one.arrival.record_key for one in holding}
    condition = "is_current AND NOT withdrawn AND feed = ANY(%(facts)b) AND "
    queries = (
        "person_key = ANY(%(persons)b) AND county_code = ANY(%(counties)b)",
        "household_id = ANY(%(households)b)",
        """household_no IS NOT NULL AND (county_code, household_no) IN
        (SELECT * FROM unnest(%(numbered)b::text[], %(numbers)b::text[]))""",
        "record_key = ANY(%(targets)b)",
    )
    numbers = affected.household_nos | affected.aliased
    parameters = {
        "facts": MATCHED,
        "persons": list(affected.persons),
        "households": list(affected.households),
        "counties": list({county for county, _ in affected.household_nos}),
        "numbered": [county for county, _ in numbers],
        "numbers": [number for _, number in numbers],
        "targets": list(affected.targets),
    }
    found: dict[UUID, _Stored] = {}
    for query in queries:
        for row in batch.conn.execute(f"SELECT {', '.join(_COLUMNS)} FROM signal WHERE {condition}{query}", parameters):
            stored = _stored(row)
            if stored.row["record_key"] not in but:
                found[stored.row["record_key"]] = stored
    return [found[key] for key in sorted(found)]


def _stored(row: Sequence[Any]) -> _Stored:
    named = dict(zip(_COLUMNS, row, strict=True))
    person = bytes(named["person_key"]) if named["person_key"] is not None else None
    return _Stored(named, person, named["household_no"], named["county_code"])


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


def _named_before(one: _Stored) -> Named:
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


def _link_again(batch: Batch, one: _Stored, found: Match) -> Linked | None:
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
    return _judged_again(batch, one, household, notes)


def _judged_again(batch: Batch, one: _Stored, household: UUID | None, notes: Sequence[str]) -> Linked:
    """A stored fact, opened, as it is to be judged in the household that it has now."""
    row = one.row
    subject = bytes(row["seal_subject"])
    batch.need_salts((subject,))
    content = batch.open_json(subject, bytes(row["sealed"]))
    fields = read_content(FEEDS[row["feed"]], content)
    person = one.person_key.hex() if one.person_key is not None else None
    return Linked(
        record_key=row["record_key"],
        revision=row["revision"],
        feed=row["feed"],
        county_code=row["county_code"],
        source=row["source"],
        record_id=row["record_id"],
        withdrawn=False,
        occurred_on=row["occurred_on"],
        recorded_at=batch.now if household != row["household_id"] else row["recorded_at"],
        baseline=row["baseline"],
        notes=tuple(notes),
        household_before=row["household_id"],
        household_now=household,
        person_key=one.person_key,
        seal_subject=subject,
        sealed=bytes(row["sealed"]),
        judged=None,
        fact=Fact(row["feed"], row["source"], row["record_id"], row["occurred_on"], fields, person),
    )


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
