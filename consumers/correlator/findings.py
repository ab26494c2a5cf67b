"""A village's findings: they cut episodes, so they are applied before the facts of their batch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from consumers.correlator.batch import Batch
from consumers.correlator.risks import Risks
from consumers.correlator.signals import Judged
from fangpin.domain.episodes import find
from fangpin.domain.feeds.finding import FINDING
from fangpin.domain.ids import exception_id
from fangpin.domain.records import read_content


@dataclass(frozen=True, slots=True)
class _Warning:
    """What a warning id stands for."""

    warning_id: str
    household_id: UUID
    county_code: str
    risk: str
    episode: int


def apply(batch: Batch, risks: Risks, judged: Sequence[Judged]) -> None:
    """Apply findings in the order of arrival; one whose warning is not known stays, unmatched.

    A revision that is withdrawn, or names another warning, first takes the finding from the warning where it stood.
    """
    if not judged:
        return
    stood_on = _stood_on(batch, [one.arrival.record_key for one in judged if one.before is not None])
    named = {one.arrival.record_key: str(one.arrival.record.fields["warning_id"]) for one in judged if _holds(one)}
    warnings = _warnings(batch, {*stood_on.values(), *named.values()})
    for one in judged:
        key, county = one.arrival.record_key, one.arrival.record.county_code
        before, now = warnings.get(stood_on.get(key, "")), warnings.get(named.get(key, ""))
        if before is not None and before != now:
            _tell(batch, risks, one, before, None)
        if now is not None and now.county_code == county:
            _tell(batch, risks, one, now, str(one.arrival.record.fields["result"]))
        elif _holds(one):
            one.outcome = "unmatched"
        _report(batch, one)


def _holds(one: Judged) -> bool:
    return not one.arrival.record.withdrawn


def _stood_on(batch: Batch, keys: Sequence[UUID]) -> dict[UUID, str]:
    """The warning that each of these records named until now: its withdrawal need not name it again."""
    if not keys:
        return {}
    rows = batch.conn.execute(
        "SELECT record_key, seal_subject, sealed FROM signal WHERE is_current AND NOT withdrawn AND outcome = 'matched' "
        "AND record_key = ANY(%b)",
        (keys,),
    ).fetchall()
    batch.have_salts(bytes(row[1]) for row in rows)
    contents = {key: batch.open_stored(bytes(subject), bytes(sealed)) for key, subject, sealed in rows}
    return {key: str(read_content(FINDING, content)["warning_id"]) for key, content in contents.items() if content}


def _warnings(batch: Batch, wanted: Collection[str]) -> dict[str, _Warning]:
    rows = batch.conn.execute(
        "SELECT warning_id::text, household_id, county_code, risk, episode FROM warning "
        "WHERE warning_id = ANY(%b::uuid[])",
        (list(wanted),),
    )
    return {row[0]: _Warning(*row) for row in rows}


def _report(batch: Batch, one: Judged) -> None:
    """Open an exception while a finding has no warning; close it when it gets one, or is withdrawn."""
    before = one.before.outcome if one.before is not None and not one.before.withdrawn else "matched"
    if before == one.outcome:
        return
    record = one.arrival.record
    batch.outbox.exception(
        record.county_code,
        exception_id("unmatched", one.arrival.record_key),
        status="open" if one.outcome == "unmatched" else "resolved",
        feed=record.feed,
        code="UNMATCHED",
        field="warning_id",
        message="本县没有这个编号的预警，核实结果已保留但没有生效。请核对预警编号，用更高的修订号重新报送。",
        record_id=record.record_id,
        revision=record.revision,
        source=one.arrival.source,
    )


def _tell(batch: Batch, risks: Risks, one: Judged, warning: _Warning, result: str | None) -> None:
    """Set the finding on its warning, or take it back (`result` None)."""
    record = one.arrival.record
    household, risk, episode = warning.household_id, warning.risk, warning.episode
    risks.load([(household, risk)])
    batch.need_households([household])
    state = risks.state((household, risk))
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
        warning_id=warning.warning_id,
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
