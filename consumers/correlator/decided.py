"""What a county's officers decided about records that nothing else could place, from the feeds of role `decision`.

One decision stands for a record: the latest by its day, then by its record id, never by its arrival. It holds whatever
matching says, as long as its household is registered, until it is withdrawn. `LinkDecided` and `LinkUndone` tell it on
the household's own stream; `told_revision` remembers which revision was told there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from consumers.correlator.batch import Batch
from consumers.correlator.placing import place_again
from consumers.correlator.registering import Affected
from consumers.correlator.signals import Judged
from fangpin.domain.feeds import FEEDS
from fangpin.domain.ids import household_id, record_key
from fangpin.domain.matching import Match, match_by_decision
from fangpin.domain.records import Record, read_content
from fangpin.domain.register import Membership
from fangpin.vault import household_subject


@dataclass(slots=True)
class Decision:
    """A row of `match_decision`: that a record (`target`) belongs to a household."""

    record_key: UUID
    county_code: str
    target: UUID
    household_id: UUID
    decided_on: date
    record_id: str
    source: str
    revision: int
    told_revision: int | None = None

    def order(self) -> tuple[date, str, str]:
        """Of two decisions about one record the later holds: by content alone."""
        return (self.decided_on, self.record_id, self.source)


_COLUMNS = "record_key, county_code, target, household_id, decided_on, record_id, source, revision, told_revision"


def apply(batch: Batch, judged: Sequence[Judged], affected: Affected) -> None:
    """Bring the decisions in line with the records that hold now; tell `affected` which records they concern."""
    replaced = _stored(batch, "record_key = ANY(%b)", [one.arrival.record_key for one in judged]) if judged else []
    waiting = _stored(batch, "household_id = ANY(%b)", list(affected.households)) if affected.households else []
    if not judged and not waiting:
        return
    place_again(batch, [(one.record_key, one.household_id) for one in waiting])
    arrived = {one.arrival.record_key: one.arrival.record for one in judged}
    new = {one.arrival.record_key: _decision(one) for one in judged if not one.arrival.record.withdrawn}
    for before in replaced:
        now = new.get(before.record_key)
        if now is None:
            _undone(batch, before, withdrawal=arrived[before.record_key])
        elif (now.target, now.household_id) != (before.target, before.household_id):
            _undone(batch, before)
        else:
            now.told_revision = before.told_revision
    _write(batch, list(arrived), list(new.values()))
    targets = {one.target for one in (*replaced, *waiting, *new.values())}
    _tell(batch, targets, arrived)
    affected.targets |= targets


def _decision(one: Judged) -> Decision:
    record = one.arrival.record
    fields = record.fields
    named = str(fields["of_feed"]), record.county_code, str(fields["of_source"]), str(fields["of_record_id"])
    return Decision(
        record_key=one.arrival.record_key,
        county_code=record.county_code,
        target=record_key(*named),
        household_id=household_id(record.county_code, str(record.subject.household_no)),
        decided_on=record.occurred_on,
        record_id=record.record_id,
        source=one.arrival.source,
        revision=record.revision,
    )


def _stored(batch: Batch, condition: str, keys: Sequence[UUID]) -> list[Decision]:
    rows = batch.conn.execute(f"SELECT {_COLUMNS} FROM match_decision WHERE {condition}", (keys,))
    return [Decision(*row) for row in rows]


def _write(batch: Batch, keys: Sequence[UUID], new: Sequence[Decision]) -> None:
    batch.conn.execute("DELETE FROM match_decision WHERE record_key = ANY(%b)", (keys,))
    with batch.conn.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO match_decision ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    one.record_key,
                    one.county_code,
                    one.target,
                    one.household_id,
                    one.decided_on,
                    one.record_id,
                    one.source,
                    one.revision,
                    one.told_revision,
                )
                for one in new
            ],
        )


def _tell(batch: Batch, targets: set[UUID], arrived: Mapping[UUID, Record]) -> None:
    """Undo what no longer stands, then tell what stands now, on the streams of households that have one."""
    by_target: dict[UUID, list[Decision]] = defaultdict(list)
    for one in _stored(batch, "target = ANY(%b)", sorted(targets)):
        by_target[one.target].append(one)
    batch.need_households(one.household_id for own in by_target.values() for one in own)
    for _, own in sorted(by_target.items()):
        standing = max(own, key=Decision.order)
        for one in own:
            if one is not standing and one.told_revision is not None:
                _undone(batch, one, arrived=arrived.get(one.record_key))
                _remember(batch, one, None)
        household = batch.households.get(standing.household_id)
        if household is not None and household.active and standing.told_revision != standing.revision:
            said = _fields(batch, standing, arrived.get(standing.record_key))
            if said is not None:
                _event(batch, standing, "LinkDecided", standing.decided_on, said, said)
                _remember(batch, standing, standing.revision)


def _remember(batch: Batch, one: Decision, told_revision: int | None) -> None:
    batch.conn.execute(
        "UPDATE match_decision SET told_revision = %s WHERE record_key = %s", (told_revision, one.record_key)
    )


def _undone(batch: Batch, one: Decision, *, withdrawal: Record | None = None, arrived: Record | None = None) -> None:
    """Told where the decision was told. A withdrawal says why; without one another decision took its place."""
    if one.told_revision is None:
        return
    on = withdrawal.occurred_on if withdrawal is not None else one.decided_on
    said = withdrawal.fields if withdrawal is not None else {}
    cause = "withdrawn" if withdrawal is not None else "replaced"
    about = _fields(batch, one, arrived)
    if about is not None:
        _event(batch, one, "LinkUndone", on, about, said, cause=cause)


def _event(
    batch: Batch,
    one: Decision,
    kind: str,
    on: date,
    about: Mapping[str, Any],
    said: Mapping[str, Any],
    **more: str,
) -> None:
    household = one.household_id
    subject = household_subject(household)
    batch.need_salts((subject,))
    batch.outbox.event(
        one.county_code,
        household,
        kind,
        on,
        decision_id=one.record_id,
        revision=one.revision,
        of_feed=about["of_feed"],
        of_source=about["of_source"],
        of_record_id=about["of_record_id"],
        decided_by=said.get("decided_by"),
        seal_subject=subject,
        sealed=batch.seal_json(subject, {"reason": said["reason"]}) if said.get("reason") else None,
        **more,
    )


def _fields(batch: Batch, one: Decision, arrived: Record | None) -> Mapping[str, Any] | None:
    """What a decision says, of this batch or stored before; None when its household's key was shredded."""
    if arrived is not None:
        return arrived.fields
    row = batch.conn.execute(
        "SELECT feed, seal_subject, sealed FROM signal WHERE record_key = %s AND revision = %s",
        (one.record_key, one.revision),
    ).fetchone()
    assert row is not None  # it was stored with its row of `match_decision`
    subject = bytes(row[1])
    batch.have_salts((subject,))
    content = batch.open_stored(subject, bytes(row[2]))
    return read_content(FEEDS[row[0]], content) if content is not None else None


class Decided:
    """The decisions that stand, about the records of a batch, in favour of registered households."""

    def __init__(self, households: Mapping[UUID, UUID]) -> None:
        self._households = households
        self._otherwise: dict[UUID, UUID | None] = {}

    def __contains__(self, key: UUID) -> bool:
        return bool(self._households) and key in self._households

    def over(
        self,
        key: UUID,
        found: Match,
        *,
        person: str | None,
        name: str | None,
        on: date,
        memberships: Sequence[Membership],
    ) -> Match:
        """The decision about this record, whatever matching found; that is remembered for the page."""
        self._otherwise[key] = UUID(found.household_no) if found.outcome == "matched" and found.household_no else None
        return match_by_decision(
            household=str(self._households[key]), person=person, name_key=name, on=on, memberships=memberships
        )

    def remember(self, batch: Batch) -> None:
        """Store where matching alone would have put the records that a person placed."""
        if self._otherwise:
            batch.conn.execute(
                "UPDATE match_decision SET otherwise = new.household FROM unnest(%b::uuid[], %b::uuid[]) "
                "AS new (target, household) WHERE match_decision.target = new.target",
                (list(self._otherwise), list(self._otherwise.values())),
            )


def load(batch: Batch, keys: Iterable[UUID]) -> Decided:
    """The decisions about these records; a county without any costs one look."""
    counties = list(batch.civil_dates)
    some = batch.conn.execute("SELECT 1 FROM match_decision WHERE county_code = ANY(%b) LIMIT 1", (counties,))
    if some.fetchone() is None:
        return Decided({})
    rows = batch.conn.execute(
        "SELECT DISTINCT ON (target) target, d.household_id, active FROM match_decision d "
        "LEFT JOIN household USING (household_id) WHERE target = ANY(%b) "
        'ORDER BY target, decided_on DESC, record_id COLLATE "C" DESC, source COLLATE "C" DESC',
        (list(keys),),
    )
    return Decided({target: household for target, household, active in rows if active})
