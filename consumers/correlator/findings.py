"""A village's findings: they cut episodes, so they are applied before the facts of their batch."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from consumers.correlator.batch import Batch
from consumers.correlator.risks import Risks
from consumers.correlator.signals import Judged
from fangpin.domain.episodes import find


def apply(batch: Batch, risks: Risks, judged: Sequence[Judged]) -> None:
    """Apply findings in the order of arrival; one whose warning is not known stays, unmatched."""
    if not judged:
        return
    wanted = {str(one.arrival.record.fields["warning_id"]) for one in judged if one.arrival.record.fields["warning_id"]}
    rows = batch.conn.execute(
        "SELECT warning_id, household_id, county_code, risk, episode FROM warning WHERE warning_id = ANY(%b::uuid[])",
        (list(wanted),),
    )
    warnings = {str(row[0]): row[1:] for row in rows}
    for one in judged:
        found = warnings.get(str(one.arrival.record.fields["warning_id"]))
        if found is None or found[1] != one.arrival.record.county_code:
            one.outcome = "unmatched"
            continue
        _apply(batch, risks, one, found[0], found[2], found[3])


def _apply(batch: Batch, risks: Risks, one: Judged, household: UUID, risk: str, episode: int) -> None:
    record = one.arrival.record
    risks.load([(household, risk)])
    batch.need_households([household])
    state = risks.state((household, risk))
    result = None if record.withdrawn else str(record.fields["result"])
    effective = find(state, episode, str(one.arrival.record_key), result)
    if not effective:
        one.notes.append("FINDING_TOO_LATE")
    visited_on = record.fields["visited_on"]
    note = record.fields["note"]
    subject = one.seal_subject
    found_by = record.fields["found_by"]
    batch.outbox.event(
        record.county_code,
        household,
        "FindingRecorded",
        visited_on if isinstance(visited_on, date) else record.occurred_on,
        warning_id=str(record.fields["warning_id"]),
        risk=risk,
        episode=episode,
        record_id=record.record_id,
        revision=record.revision,
        result=result or "withdrawn",
        status=state.episodes[episode - 1].status,
        effective=effective,
        found_by=str(found_by) if found_by is not None else None,
        seal_subject=subject,
        sealed=batch.seal_json(subject, {"note": note}) if note else None,
    )
