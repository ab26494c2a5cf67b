"""Facts that are stored, opened to be judged again: for the register, for assistance, for another policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from consumers.correlator.batch import Batch
from consumers.correlator.linked import Linked
from consumers.correlator.registering import Affected
from consumers.correlator.signals import Judged
from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy import Fact
from fangpin.domain.records import Value, read_content

MATCHED = [slug for slug, feed in FEEDS.items() if feed.matched]
POLICY_NOTES = ("NO_POLICY", "PERIOD_OTHER")  # what the policy of the county notes of a fact


@dataclass(slots=True)
class Stored:
    """A row of `signal` that is to be judged again, and its fields."""

    row: dict[str, Any]
    fields: Mapping[str, Value]
    person_key: bytes | None
    household_no: str | None
    county_code: str


_COLUMNS = (
    "record_key", "revision", "feed", "county_code", "source", "record_id", "withdrawn", "occurred_on", "recorded_at",
    "baseline", "notes", "household_id", "outcome", "person_key", "name_key", "household_no", "seal_subject", "sealed",
)  # fmt: skip


def load_again(batch: Batch, affected: Affected, holding: Sequence[Judged]) -> list[Stored]:
    """The stored facts that the change concerns, but for those that the batch replaces and those that open no more."""
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
    found: dict[UUID, Sequence[Any]] = {}
    for query in queries:
        for row in batch.conn.execute(f"SELECT {', '.join(_COLUMNS)} FROM signal WHERE {condition}{query}", parameters):
            if row[0] not in but:
                found[row[0]] = row
    return _opened(batch, [found[key] for key in sorted(found)])


def judged_by_aid(batch: Batch, aided: set[UUID], linked: Sequence[Linked]) -> list[Linked]:
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
    return [judged_again(batch, one, one.row["household_id"], one.row["notes"]) for one in _opened(batch, rows)]


def stored_facts(
    batch: Batch, county: str, feeds: Sequence[str], occurred_from: date, after: UUID | None, limit: int
) -> tuple[list[Linked], UUID | None]:
    """Facts of the county's households, to be judged again where they are: the next `limit` after a record key.

    With the key after which to go on; None when these were the last. What the policy notes of a fact is noted anew.
    """
    rows = batch.conn.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM signal WHERE county_code = %s AND feed = ANY(%b) AND is_current "
        "AND NOT withdrawn AND household_id IS NOT NULL AND occurred_on >= %s AND (%s::uuid IS NULL OR record_key > %s) "
        "ORDER BY record_key LIMIT %s",
        (county, list(feeds), occurred_from, after, after, limit),
    ).fetchall()
    last: UUID | None = rows[-1][0] if len(rows) == limit else None
    again = [judged_again(batch, one, one.row["household_id"], one.row["notes"]) for one in _opened(batch, rows)]
    for one in again:
        _note_anew(batch, one)
    return again, last


def judged_again(batch: Batch, one: Stored, household: UUID | None, notes: Sequence[str]) -> Linked:
    """A stored fact as it is to be judged in the household that it has now."""
    row = one.row
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
        seal_subject=bytes(row["seal_subject"]),
        sealed=bytes(row["sealed"]),
        judged=None,
        fact=Fact(row["feed"], row["source"], row["record_id"], row["occurred_on"], one.fields, person),
    )


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


def _opened(batch: Batch, rows: Sequence[Sequence[Any]]) -> list[Stored]:
    """The rows with their fields; one whose key was shredded is left out, and so as it is."""
    named = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    batch.have_salts(bytes(row["seal_subject"]) for row in named)
    found = []
    for row in named:
        content = batch.open_stored(bytes(row["seal_subject"]), bytes(row["sealed"]))
        if content is not None:
            person = bytes(row["person_key"]) if row["person_key"] is not None else None
            fields = read_content(FEEDS[row["feed"]], content)
            found.append(Stored(row, fields, person, row["household_no"], row["county_code"]))
    return found
