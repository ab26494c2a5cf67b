"""Which revision of each record holds, and the rows of `signal`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec

from consumers.correlator.arrivals import Arrival
from fangpin.database import Connection
from fangpin.domain.revisions import FIRST_UNIX_SECOND, Revisions, Verdict


class Held(msgspec.Struct, gc=False):
    """The row that holds, of a record known before this batch."""

    revision: int
    withdrawn: bool
    household_id: UUID | None
    outcome: str
    occurred_on: date
    recorded_at: datetime


class Judged(msgspec.Struct, gc=False):
    """An arrival with its verdict; the link is filled by `linking`.

    `effective`: its content holds now and did not before the batch, so something follows from it. `touched`: the
    content held before, but the register of its household changed in the same batch, so it is judged again. `earlier`:
    revisions of the same batch that held before it, in order; each was true for a while, and is told.
    """

    arrival: Arrival
    verdict: Verdict
    is_current: bool
    before: Held | None
    effective: bool
    touched: bool = False
    notes: list[str] = []
    household_id: UUID | None = None
    outcome: str = "matched"
    person_key: bytes | None = None
    name_key: bytes | None = None
    seal_subject: bytes = b""
    sealed: bytes = b""
    earlier: "tuple[Judged, ...]" = ()


@dataclass(slots=True)
class Judgement:
    """What a batch's arrivals amount to: rows to store, and revisions that were used before with other content."""

    stored: list[Judged]
    reused: list[Arrival]


def judge(conn: Connection, arrivals: Sequence[Arrival]) -> Judgement:
    """Judge every arrival against what is known of its record, in the order of arrival."""
    known = _load(conn, arrivals)
    stored: list[Judged] = []
    reused: list[Arrival] = []
    for arrival in arrivals:
        of_record = known[arrival.record_key]
        revisions = of_record.revisions
        seen = arrival.record.revision in revisions.digests
        verdict = revisions.judge(arrival.record.revision, arrival.digest)
        if verdict == "reused":
            reused.append(arrival)
            continue
        if seen:
            continue
        is_current = revisions.current == arrival.record.revision
        judged = Judged(
            arrival=arrival,
            verdict=verdict,
            is_current=is_current,
            before=of_record.held,
            effective=is_current and verdict == "applied",
            notes=list(arrival.record.notes),
        )
        if verdict == "superseded" and (revisions.current or 0) >= FIRST_UNIX_SECOND > arrival.record.revision:
            judged.notes.append("SUPERSEDED_BY_FILE")
        if is_current:
            overtaken = of_record.current
            if overtaken is not None:
                judged.earlier = overtaken.earlier
                if verdict == "applied" and overtaken.effective:
                    judged.earlier = (*overtaken.earlier, overtaken)
                # The same content under a higher revision takes over what was to follow from the lower one.
                judged.effective = judged.effective or overtaken.effective
                overtaken.is_current = overtaken.effective = False
            of_record.current = judged
        stored.append(judged)
    return Judgement(stored, reused)


class _Known:
    """What is known of one record: its revisions, the row that holds, and what of the batch holds so far."""

    __slots__ = ("current", "held", "revisions")

    def __init__(self) -> None:
        self.revisions = Revisions()
        self.held: Held | None = None
        self.current: Judged | None = None


def _load(conn: Connection, arrivals: Sequence[Arrival]) -> dict[UUID, _Known]:
    known = {arrival.record_key: _Known() for arrival in arrivals}
    rows = conn.execute(
        "SELECT record_key, revision, digest, is_current, withdrawn, household_id, outcome, occurred_on, recorded_at "
        "FROM signal WHERE record_key = ANY(%b)",
        (list(known),),
        binary=True,
    )
    for key, revision, digest, is_current, withdrawn, household, outcome, occurred_on, recorded_at in rows.fetchall():
        one = known[key]
        one.revisions.digests[revision] = bytes(digest)
        if is_current:
            one.revisions.current = revision
            one.held = Held(revision, withdrawn, household, outcome, occurred_on, recorded_at)
    return known


COLUMNS = (
    "record_key, revision, feed, county_code, source, record_id, withdrawn, digest, is_current, duplicate, occurred_on, "
    "person_key, household_no, household_id, outcome, notes, baseline, name_key, seal_subject, sealed, receipt_id, "
    "receipt_index, recorded_at"
)
TYPES = [
    "uuid", "int8", "text", "text", "text", "text", "bool", "bytea", "bool", "bool", "date",
    "bytea", "text", "uuid", "text", "text[]", "bool", "bytea", "bytea", "bytea", "uuid",
    "int4", "timestamptz",
]  # fmt: skip


def write(conn: Connection, stored: Iterable[Judged], now: datetime) -> None:
    """Take `is_current` from the rows that no longer hold, and store the new ones."""
    stored = list(stored)
    overtaken = [one.arrival.record_key for one in stored if one.is_current and one.before is not None]
    if overtaken:
        conn.execute(
            "UPDATE signal SET is_current = false, household_id = NULL WHERE is_current AND record_key = ANY(%b)",
            (overtaken,),
        )
    with conn.cursor().copy(f"COPY signal ({COLUMNS}) FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(TYPES)
        for one in stored:
            arrival, record = one.arrival, one.arrival.record
            receipt_id, receipt_index = arrival.receipt or (None, None)
            copy.write_row(
                (
                    arrival.record_key,
                    record.revision,
                    record.feed,
                    record.county_code,
                    arrival.source,
                    record.record_id,
                    record.withdrawn,
                    arrival.digest,
                    one.is_current,
                    one.verdict == "duplicate",
                    record.occurred_on,
                    one.person_key,
                    record.subject.household_no,
                    one.household_id if one.is_current else None,
                    one.outcome,
                    one.notes,
                    arrival.baseline,
                    one.name_key,
                    one.seal_subject,
                    one.sealed,
                    receipt_id,
                    receipt_index,
                    now,
                )
            )
