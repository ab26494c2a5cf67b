"""From linked facts to warnings: the folded row of each household × risk, and the events that follow from it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from consumers.correlator import aid
from consumers.correlator.batch import Batch
from consumers.correlator.linked import Linked
from fangpin.domain.assistance import Aid
from fangpin.domain.calendar import next_day_of_month
from fangpin.domain.episodes import Change, Entry, EntryRule, RiskState, put, reconcile
from fangpin.domain.escalation import Escalation, escalate, last_step, next_step
from fangpin.domain.ids import warning_id
from fangpin.domain.policy import Met
from fangpin.vault import household_subject

Key = tuple[UUID, str]


class Risks:
    """The risk rows that a batch touches, loaded once, written once.

    `cause`: why all of it is judged again, for every event, when it is not for what the batch holds.
    """

    def __init__(self, batch: Batch, *, cause: str | None = None) -> None:
        self._batch = batch
        self._cause = cause
        self._states: dict[Key, RiskState] = {}
        self._risks: dict[UUID, set[str]] = defaultdict(set)
        self._reasons: dict[Key, str] = {}
        self._whole: set[UUID] = set()

    def load(self, keys: Iterable[Key]) -> None:
        """Have these rows at hand."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._states]
        if not missing:
            return
        self._keep(
            "(household_id, risk) IN (SELECT * FROM unnest(%b::uuid[], %b::text[]))",
            ([household for household, _ in missing], [risk for _, risk in missing]),
        )
        for key in missing:
            if key not in self._states:
                self._hold(key, RiskState())

    def load_households(self, households: Iterable[UUID]) -> None:
        """Have every row of these households at hand."""
        missing = [one for one in set(households) if one not in self._whole]
        if missing:
            self._keep("household_id = ANY(%b)", (missing,))
            self._whole.update(missing)

    def load_due(self, county_code: str, before: date | None, now: date | None) -> None:
        """Have the rows at hand on which a move of the county's date has an effect."""
        if now is not None and (before is None or now > before):
            self._keep("county_code = %s AND next_due <= %s", (county_code, now))
        elif before is not None:
            self._keep("county_code = %s AND last_met > %s", (county_code, now or date.min))

    def _keep(self, condition: str, parameters: Sequence[object]) -> None:
        rows = self._batch.conn.execute(
            f"SELECT household_id, risk, state::text FROM risk_state WHERE {condition}", parameters
        )
        for household, risk, state in rows.fetchall():
            if (household, risk) not in self._states:
                self._hold((household, risk), msgspec.json.decode(state, type=RiskState))

    def _hold(self, key: Key, state: RiskState) -> None:
        self._states[key] = state
        self._risks[key[0]].add(key[1])

    def state(self, key: Key) -> RiskState:
        """A row at hand."""
        return self._states[key]

    def evaluate(self, linked: Sequence[Linked]) -> None:
        """Put what each fact contributes into the rows, and take away what it no longer does."""
        batch = self._batch
        known_before = [one for one in linked if one.judged is None or one.judged.before is not None]
        self.load_households(
            household for one in known_before for household in (one.household_before, one.household_now) if household
        )
        candidates = [one for one in linked if self._may_meet(one)]
        batch.need_households(one.household_now for one in candidates if one.household_now is not None)
        assistance = aid.load(batch, linked)
        found_of = {one.record_key: self._met(one, assistance) for one in candidates}
        met = [(one, found_of.get(one.record_key, ())) for one in linked]
        self.load(
            (one.household_now, found.risk) for one, rules in met for found in rules if one.household_now is not None
        )
        batch.need_salts(household_subject(one.household_now) for one, rules in met if rules and one.household_now)
        for one, rules in met:
            if one.household_before is not None and one.household_before != one.household_now:
                self._take_away(one, one.household_before, keep=set())
            if one.household_now is None:
                continue
            risks = {found.risk for found in rules}
            self._take_away(one, one.household_now, keep=risks)
            for risk in risks:
                put(
                    self._states[one.household_now, risk],
                    self._entry(one, [found for found in rules if found.risk == risk]),
                )

    def _may_meet(self, one: Linked) -> bool:
        """Whether its household's register has to be looked at: not of most facts, which no rule's condition holds of."""
        fact = one.fact
        return fact is not None and one.household_now is not None and self._batch.book.concerns(one.county_code, fact)

    def _met(self, one: Linked, assistance: Mapping[UUID, tuple[Aid, ...]]) -> tuple[Met, ...]:
        if one.fact is None or one.household_now is None:
            return ()
        register = self._batch.registers[one.household_now]
        received = assistance.get(one.household_now, ())
        return self._batch.book.evaluate_fact(one.county_code, one.fact, register, received)

    def _take_away(self, one: Linked, household: UUID, keep: set[str]) -> None:
        if one.judged is not None and one.judged.before is None:
            return  # a record that is new has contributed nothing yet
        for risk in sorted(self._risks.get(household, ())):
            state = self._states[household, risk]
            if risk not in keep and str(one.record_key) in state.entries:
                put(state, self._entry(one, []))
                moved = one.household_before is not None and one.household_before != one.household_now
                self._reasons[household, risk] = _reason(one, moved)

    def _entry(self, one: Linked, rules: list[Met]) -> Entry:
        subject, sealed = b"", b""
        if rules:
            assert one.household_now is not None
            subject = household_subject(one.household_now)
            sealed = self._batch.seal_json(subject, {found.rule_id: found.arithmetic for found in rules})
        return Entry(
            record_key=str(one.record_key),
            record_id=one.record_id,
            feed=one.feed,
            source=one.source,
            revision=one.revision,
            occurred_on=one.occurred_on,
            recorded_at=one.recorded_at,
            rules=tuple(EntryRule(found.rule_id, found.pack, found.purpose, found.met_on) for found in rules),
            baseline=one.baseline,
            seal_subject=subject,
            sealed=sealed,
        )

    def reconcile(self) -> None:
        """Bring every row at hand in line with its evidence, emit what changed, and store the rows."""
        batch = self._batch
        batch.need_households(household for household, _ in self._states)
        raised: list[tuple[UUID, UUID, str, str, int]] = []
        for (household, risk), state in sorted(self._states.items(), key=_order):
            row = batch.households[household]
            on = batch.civil_dates.get(row.county_code)
            for change in reconcile(state, on, reason=self._reasons.get((household, risk)), cause=self._cause):
                if change.type == "WarningRaised":
                    change = self._with_due(change, state, on or change.since)
                    identity = warning_id(household, risk, change.episode)
                    raised.append((identity, household, row.county_code, risk, change.episode))
                self._emit(household, risk, change, on or change.since)
            escalation = escalate(state, on)
            if escalation is not None:
                self._emit_escalation(household, risk, escalation)
        self._write(raised)

    def _with_due(self, change: Change, state: RiskState, on: date) -> Change:
        pack = self._batch.book.packs.get(change.pack)  # None: evidence of before, of a pack that is gone
        due_on = next_day_of_month(on, pack.village_day) if pack is not None and pack.village_day is not None else None
        episode = state.episodes[change.episode - 1]
        episode.due_on, episode.review_on, episode.escalated = due_on, None, "none"
        if due_on is not None and pack is not None and pack.township_day is not None:
            episode.review_on = next_day_of_month(due_on, pack.township_day)
        return msgspec.structs.replace(change, due_on=due_on)

    def _emit_escalation(self, household: UUID, risk: str, escalation: Escalation) -> None:
        row = self._batch.households[household]
        self._batch.outbox.event(
            row.county_code,
            household,
            "WarningEscalated",
            escalation.since,
            warning_id=str(warning_id(household, risk, escalation.episode)),
            risk=risk,
            episode=escalation.episode,
            status="open",
            level=escalation.level,
            due_on=escalation.due_on,
            review_on=escalation.review_on,
            village_code=row.village_code,
        )

    def _emit(self, household: UUID, risk: str, change: Change, on: date) -> None:
        row = self._batch.households[household]
        self._batch.outbox.event(
            row.county_code,
            household,
            change.type,
            on,
            warning_id=str(warning_id(household, risk, change.episode)),
            risk=risk,
            episode=change.episode,
            status=change.status,
            since=change.since,
            pack=change.pack,
            due_on=change.due_on,
            stock=change.stock,
            village_code=row.village_code,
            reason=change.reason,
            evidence=[
                {
                    "record_id": entry.record_id,
                    "feed": entry.feed,
                    "source": entry.source,
                    "occurred_on": entry.occurred_on,
                    "recorded_at": entry.recorded_at,
                    "rules": [
                        {"id": rule.id, "pack": rule.pack, "purpose": rule.purpose, "met_on": rule.met_on}
                        for rule in entry.met_by(on)
                    ],
                    "seal_subject": entry.seal_subject,
                    "sealed": entry.sealed,
                }
                for entry in change.evidence
            ],
        )

    def _write(self, raised: list[tuple[UUID, UUID, str, str, int]]) -> None:
        batch = self._batch
        rows = []
        for (household, risk), state in self._states.items():
            if not state.entries and not state.episodes:
                continue
            county = batch.households[household].county_code
            on = batch.civil_dates.get(county) or date.min
            text = msgspec.json.encode(state).decode()
            next_due = min(filter(None, (state.next_due(on), next_step(state, on))), default=None)
            last_met = max(filter(None, (state.last_met(on), last_step(state, on))), default=None)
            rows.append((household, risk, county, text, next_due, last_met))
        if rows:
            batch.conn.execute(
                "INSERT INTO risk_state (household_id, risk, county_code, state, next_due, last_met) SELECT * FROM "
                "unnest(%b::uuid[], %b::text[], %b::text[], %b::jsonb[], %b::date[], %b::date[]) "
                "ON CONFLICT (household_id, risk) DO UPDATE SET state = EXCLUDED.state, next_due = EXCLUDED.next_due, "
                "last_met = EXCLUDED.last_met",
                [list(column) for column in zip(*rows, strict=True)],
            )
        if raised:
            batch.conn.execute(
                "INSERT INTO warning (warning_id, household_id, county_code, risk, episode) SELECT * FROM "
                "unnest(%b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::int[]) ON CONFLICT DO NOTHING",
                [list(column) for column in zip(*raised, strict=True)],
            )


def _order(item: tuple[Key, RiskState]) -> tuple[int, str]:
    """The order of the events of a batch: by household and risk, whatever came first."""
    (household, risk), _ = item
    return household.int, risk


def _reason(one: Linked, moved: bool) -> str:
    """Why a fact no longer counts: its own record changed, or only what it is judged by."""
    if one.withdrawn:
        return "withdrawn"
    if moved:
        return one.cause or "moved"
    return "corrected" if one.judged is not None else "circumstances"
