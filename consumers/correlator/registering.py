"""The household register: its states, who belongs where, and which records have to be matched again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from consumers.correlator.batch import Batch, Household
from consumers.correlator.signals import Judged
from fangpin.domain.ids import exception_id, household_id
from fangpin.domain.records import Record
from fangpin.domain.register import FOREVER, Member, Membership, Register, RegisterState, village_within
from fangpin.vault import household_subject


@dataclass(slots=True)
class Affected:
    """What a change of the register, or of what stands beside it, may have moved: everything linked to, or about, these.

    `aliased`: other numbers of households, by county. `targets`: keys of records whose household a person decides.
    """

    households: set[UUID] = field(default_factory=set)
    persons: set[bytes] = field(default_factory=set)
    household_nos: set[tuple[str, str]] = field(default_factory=set)
    aliased: set[tuple[str, str]] = field(default_factory=set)
    targets: set[UUID] = field(default_factory=set)


def register(batch: Batch, judged: Sequence[Judged]) -> Affected:
    """Apply the register records of a batch; `judged` are those that hold now."""
    affected = Affected()
    if not judged:
        return affected
    keys = [one.arrival.record_key for one in judged]
    rows = batch.conn.execute("SELECT record_key, household_id FROM register_state WHERE record_key = ANY(%b)", (keys,))
    places: dict[UUID, UUID] = dict(rows.fetchall())
    targets = {
        one.arrival.record_key: _target(one.arrival.record, places.get(one.arrival.record_key)) for one in judged
    }
    affected.households = {*places.values(), *targets.values()}
    batch.need_households(affected.households)
    latest_before = {one: _latest(batch, one) for one in affected.households}
    before = _memberships(batch, affected.households)
    states = _apply(batch, judged, places, targets)
    _write_states(batch, judged, states)
    after = _memberships(batch, affected.households)
    affected.persons = {bytes.fromhex(span.person) for span in (*before, *after)}
    for one in affected.households:
        household = batch.households[one]
        affected.household_nos.add((household.county_code, household.household_no))
    overlaps = _conflicts(batch, affected.persons)
    _write_memberships(batch, affected.households)
    _report_conflicts(batch, overlaps, _conflicts(batch, affected.persons))
    _events(batch, judged, targets, states, latest_before)
    return affected


def _target(record: Record, before: UUID | None) -> UUID:
    number = record.subject.household_no
    if record.withdrawn and before is not None:
        return before
    assert number is not None  # the register's records name their household
    return household_id(record.county_code, number)


def _latest(batch: Batch, household: UUID) -> RegisterState | None:
    found = batch.registers.get(household)
    return found.current() if found is not None else None


def _apply(
    batch: Batch, judged: Sequence[Judged], places: dict[UUID, UUID], targets: dict[UUID, UUID]
) -> dict[UUID, RegisterState]:
    """The registers with the batch's records in them; the new states by record key."""
    batch.need_salts(_subjects(batch, judged))
    by_household: dict[UUID, dict[str, RegisterState]] = {
        one: {state.record_key: state for state in batch.registers[one].states} if one in batch.registers else {}
        for one in {*places.values(), *targets.values()}
    }
    new: dict[UUID, RegisterState] = {}
    for one in judged:
        record, key = one.arrival.record, one.arrival.record_key
        old_place = places.get(key)
        if old_place is not None:
            by_household[old_place].pop(str(key), None)
        one.household_id = targets[key]
        one.outcome = "matched"
        if not record.withdrawn:
            state = _state(batch, one)
            new[key] = state
            by_household[targets[key]][str(key)] = state
    names = {targets[one.arrival.record_key]: one.arrival.record for one in judged}
    for place, states in by_household.items():
        if place not in batch.households:
            record = names[place]
            batch.households[place] = Household(place, record.county_code, str(record.subject.household_no), "", False)
        household = batch.households[place]
        found = batch.registers[place] = Register(household.household_no, states.values())
        current = found.current()
        household.active = current is not None
        if current is not None:
            household.village_code = current.village_code
    return new


def _subjects(batch: Batch, judged: Sequence[Judged]) -> list[bytes]:
    subjects: list[bytes] = []
    for one in judged:
        members = one.arrival.record.fields.get("members")
        if isinstance(members, tuple):
            subjects.extend(batch.vault.person_key(member["id_number"]) for member in members)
        number = one.arrival.record.subject.household_no
        if number is not None:
            subjects.append(household_subject(household_id(one.arrival.record.county_code, number)))
    return subjects


def _state(batch: Batch, one: Judged) -> RegisterState:
    record = one.arrival.record
    fields: Any = record.fields
    assert one.household_id is not None
    phone = fields["phone"]
    village = village_within(record.county_code, fields["village_code"])
    if village != fields["village_code"]:
        one.notes.append("VILLAGE_OTHER_COUNTY")
    return RegisterState(
        record_key=str(one.arrival.record_key),
        record_id=record.record_id,
        source=one.arrival.source,
        revision=record.revision,
        occurred_on=record.occurred_on,
        reported_at=record.reported_at,
        village_code=village,
        household_class=fields["class"],
        monitored=fields["monitored"],
        members=tuple(_member(batch, member) for member in fields["members"]),
        grid=fields["grid"],
        marginal_2019=fields["marginal_2019"],
        resident=fields["resident"],
        has_labour=fields["has_labour"],
        on_subsistence_allowance=fields["on_subsistence_allowance"],
        sealed=batch.seal_json(household_subject(one.household_id), {"phone": phone}) if phone else b"",
    )


def _member(batch: Batch, member: dict[str, Any]) -> Member:
    person = batch.vault.person_key(member["id_number"])
    return Member(
        person=person.hex(),
        relation=member["relation"],
        joined_on=member["joined_on"],
        left_on=member["left_on"],
        died_on=member["died_on"],
        shares_income=member["shares_income"],
        name_key=batch.vault.name_key(member["name"]).hex(),
        sealed=batch.seal_json(person, {"name": member["name"], "id_number": member["id_number"]}),
    )


def _memberships(batch: Batch, households: set[UUID]) -> list[Membership]:
    return [span for one in sorted(households) if one in batch.registers for span in batch.registers[one].memberships()]


def _write_states(batch: Batch, judged: Sequence[Judged], states: dict[UUID, RegisterState]) -> None:
    conn = batch.conn
    conn.execute("DELETE FROM register_state WHERE record_key = ANY(%b)", ([one.arrival.record_key for one in judged],))
    with conn.cursor().copy("COPY register_state (record_key, household_id, state) FROM STDIN") as copy:
        for one in judged:
            state = states.get(one.arrival.record_key)
            if state is not None:
                copy.write_row((one.arrival.record_key, one.household_id, msgspec.json.encode(state).decode()))
    changed = list(batch.households.values())
    conn.execute(
        "INSERT INTO household (household_id, county_code, household_no, village_code, active, sequence) "
        "SELECT *, 0 FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::text[], %b::bool[]) "
        "ON CONFLICT (household_id) DO UPDATE SET village_code = EXCLUDED.village_code, active = EXCLUDED.active",
        (
            [one.household_id for one in changed],
            [one.county_code for one in changed],
            [one.household_no for one in changed],
            [one.village_code for one in changed],
            [one.active for one in changed],
        ),
    )


def _write_memberships(batch: Batch, households: set[UUID]) -> None:
    batch.conn.execute("DELETE FROM membership WHERE household_id = ANY(%b)", (list(households),))
    with batch.conn.cursor().copy(
        "COPY membership (county_code, person_key, household_id, valid_from, valid_until, name_key, died_on) "
        "FROM STDIN (FORMAT binary)"
    ) as copy:
        copy.set_types(["text", "bytea", "uuid", "date", "date", "bytea", "date"])
        for one in households:
            for span in batch.registers[one].memberships() if one in batch.registers else ():
                copy.write_row(
                    (
                        batch.households[one].county_code,
                        bytes.fromhex(span.person),
                        one,
                        max(span.valid_from, date(1, 1, 1)),
                        span.valid_until,
                        bytes.fromhex(span.name_key) if span.name_key else None,
                        span.died_on,
                    )
                )


Conflict = tuple[str, bytes, UUID, UUID]


def _conflicts(batch: Batch, persons: set[bytes]) -> set[Conflict]:
    """Persons who belong to two households on one day, by county and pair; in the batch's counties, which are locked."""
    rows = batch.conn.execute(
        "SELECT DISTINCT a.county_code, a.person_key, a.household_id, b.household_id FROM membership a "
        "JOIN membership b ON b.person_key = a.person_key AND b.county_code = a.county_code "
        "AND a.household_id < b.household_id AND a.valid_from < b.valid_until AND b.valid_from < a.valid_until "
        "WHERE a.person_key = ANY(%b) AND a.county_code = ANY(%b)",
        (list(persons), list(batch.civil_dates)),
    )
    return {(row[0], bytes(row[1]), row[2], row[3]) for row in rows}


def _report_conflicts(batch: Batch, before: set[Conflict], after: set[Conflict]) -> None:
    for status, conflicts in (("open", after - before), ("resolved", before - after)):
        for county, person, one, other in sorted(conflicts):
            batch.need_households((one, other))
            numbers = sorted(batch.households[place].household_no for place in (one, other))
            batch.outbox.exception(
                county,
                exception_id("HH_CONFLICT", county, person.hex(), one, other),
                status=status,
                feed="household-register",
                code="HH_CONFLICT",
                field="members",
                message=f"同一人同时登记在户 {numbers[0]} 和户 {numbers[1]}，请更正登记中的加入或迁出日期。",
            )


def _events(
    batch: Batch,
    judged: Sequence[Judged],
    targets: dict[UUID, UUID],
    states: dict[UUID, RegisterState],
    latest_before: dict[UUID, RegisterState | None],
) -> None:
    told: set[tuple[UUID, str, int]] = set()
    rows = batch.conn.execute(
        "SELECT household_id FROM household WHERE household_id = ANY(%b) AND sequence > 0", (list(latest_before),)
    )
    known = {row[0] for row in rows}
    for one in sorted(judged, key=lambda one: one.arrival.record.occurred_on):
        household = targets[one.arrival.record_key]
        state = states.get(one.arrival.record_key)
        if state is None:
            continue
        kind = "HouseholdChanged" if household in known else "HouseholdRegistered"
        known.add(household)
        latest = _latest(batch, household)
        _event(batch, household, kind, state, latest=latest is not None and latest.record_key == state.record_key)
        told.add((household, state.record_key, state.revision))
    for household in sorted(latest_before):
        latest = _latest(batch, household)
        previous = latest_before[household]
        if latest is None and previous is not None:
            _event(batch, household, "HouseholdChanged", previous, latest=True, status="withdrawn")
        elif latest is not None and latest != previous and (household, latest.record_key, latest.revision) not in told:
            _event(batch, household, "HouseholdChanged", latest, latest=True)


def _event(
    batch: Batch, household: UUID, kind: str, state: RegisterState, *, latest: bool, status: str = "active"
) -> None:
    row = batch.households[household]
    batch.outbox.event(
        row.county_code,
        household,
        kind,
        state.occurred_on,
        household_no=row.household_no,
        village_code=state.village_code,
        grid=state.grid,
        **{"class": state.household_class},
        monitored=state.monitored,
        marginal_2019=state.marginal_2019,
        resident=state.resident,
        has_labour=state.has_labour,
        on_subsistence_allowance=state.on_subsistence_allowance,
        status=status,
        latest=latest,
        source=state.source,
        record_id=state.record_id,
        revision=state.revision,
        sealed=state.sealed or None,
        members=[
            {
                "person_key": member.person,
                "name_key": member.name_key,
                "sealed": member.sealed,
                "relation": member.relation,
                "joined_on": member.joined_on,
                "left_on": member.left_on if member.left_on != FOREVER else None,
                "died_on": member.died_on,
                "shares_income": member.shares_income,
            }
            for member in state.members
        ],
    )
