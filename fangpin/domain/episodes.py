"""Episodes: from the evidence of one household and risk to its warnings (docs/decisions/0007-episodes.md).

`RiskState` is the folded row of one household × risk. `reconcile` brings its episodes in line with its evidence and
the county's date and says what changed. Evidence is a set: any order of arrival ends in the same state. Two things are
inputs by their nature: where a person's finding cut an episode, and so in which episode a record's evidence began.
"""

from datetime import date, datetime
from typing import Literal

import msgspec

Status = Literal["open", "verified", "dismissed", "helped", "closed", "withdrawn"]
ChangeType = Literal["WarningRaised", "WarningGrew", "WarningShrank", "WarningChanged", "WarningWithdrawn"]

ENDED: frozenset[Status] = frozenset({"dismissed", "helped", "closed"})
STATUS_OF_RESULT: dict[str, Status] = {
    "confirmed": "verified",
    "not-confirmed": "dismissed",
    "not-resident": "dismissed",
    "false-data": "dismissed",
    "already-helped": "helped",
}


class EntryRule(msgspec.Struct, frozen=True, array_like=True):
    """A rule that a record meets, and the day on which it did or will."""

    id: str
    pack: str
    purpose: str
    met_on: date


class Entry(msgspec.Struct, omit_defaults=True):
    """What one record contributes; `episode` is fixed by its first revision that counted, and stays.

    `turn` counts how often other packs took the place of those whose rules it meets: the same rule of another pack has
    another clause and arithmetic, of which the events have to tell.
    """

    record_key: str
    record_id: str
    feed: str
    source: str
    revision: int
    occurred_on: date
    recorded_at: datetime
    rules: tuple[EntryRule, ...] = ()
    baseline: bool = False
    seal_subject: bytes = b""
    sealed: bytes = b""
    episode: int | None = None
    turn: int = 0

    def met_by(self, on: date) -> tuple[EntryRule, ...]:
        """The rules that had come true by that day."""
        return tuple(rule for rule in self.rules if rule.met_on <= on)


class FindingMark(msgspec.Struct, frozen=True, array_like=True):
    """A finding that stands: the record that holds it, and its result."""

    record_key: str
    result: str


class Episode(msgspec.Struct, omit_defaults=True):
    """One warning. `emitted` is the evidence that the last event named: record key → fingerprint.

    `due_on` and `review_on` are the days by which the village and the township are to have acted; `escalated` says to
    whom it has gone since (`fangpin/domain/escalation.py`).
    """

    number: int
    raised: bool = False
    since: date | None = None
    pack: str = ""
    due_on: date | None = None
    review_on: date | None = None
    escalated: str = "none"
    stock: bool = False
    findings: list[FindingMark] = msgspec.field(default_factory=list)
    emitted: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def status(self) -> Status:
        """A person's finding first; otherwise what the evidence says."""
        found = STATUS_OF_RESULT[self.findings[-1].result] if self.findings else None
        if found in ENDED:
            return found
        if not self.raised:
            return "withdrawn"
        return found or "open"

    @property
    def ended(self) -> bool:
        """Whether a person has ended it."""
        return self.status in ENDED


class RiskState(msgspec.Struct, omit_defaults=True):
    """All evidence and all episodes of one household × risk."""

    entries: dict[str, Entry] = msgspec.field(default_factory=dict)
    episodes: list[Episode] = msgspec.field(default_factory=list)

    def next_due(self, on: date) -> date | None:
        """The first day after `on` on which something comes true."""
        return min(
            (rule.met_on for entry in self.entries.values() for rule in entry.rules if rule.met_on > on), default=None
        )

    def last_met(self, on: date) -> date | None:
        """The last day by `on` on which something came true: a clock set back before it changes the state."""
        return max(
            (rule.met_on for entry in self.entries.values() for rule in entry.rules if rule.met_on <= on), default=None
        )


class Change(msgspec.Struct, frozen=True):
    """One event to come about an episode, with its evidence after it."""

    type: ChangeType
    episode: int
    status: Status
    since: date
    pack: str
    due_on: date | None
    stock: bool
    evidence: tuple[Entry, ...]
    reason: str | None = None


def put(state: RiskState, entry: Entry) -> None:
    """Set what a record contributes now; an empty `rules` takes it away, but its episode stays known."""
    before = state.entries.get(entry.record_key)
    if before is not None:
        entry.episode = before.episode
        # Evidence is as old as the first revision of its record that counted.
        entry.recorded_at = min(entry.recorded_at, before.recorded_at)
        entry.baseline = entry.baseline and before.baseline
        now, then = _packs(entry), _packs(before)
        entry.turn = before.turn + bool(entry.revision == before.revision and now and then and now != then)
    elif not entry.rules:
        return
    state.entries[entry.record_key] = entry


def find(state: RiskState, number: int, record_key: str, result: str | None) -> bool:
    """Apply a finding to an episode, or take it back (`result` None). False when a successor makes it void."""
    if number != len(state.episodes):
        return False
    episode = state.episodes[number - 1]
    episode.findings = [mark for mark in episode.findings if mark.record_key != record_key]
    if result is not None:
        episode.findings.append(FindingMark(record_key, result))
    return True


def _packs(entry: Entry) -> set[str]:
    return {rule.pack for rule in entry.rules}


def reconcile(
    state: RiskState, on: date | None, *, reason: str | None = None, cause: str | None = None
) -> list[Change]:
    """Bring the episodes in line with the evidence that had come true by `on` (None: no clock record yet).

    `reason` is why evidence may have gone, for the event; `cause` why all is judged again, for every event. Changes `state`; `due_on` is left to the caller, who
    knows the pack, by way of `Episode.due_on` before the next change.
    """
    day = on or date.min
    _assign(state, day)
    if not state.episodes or state.episodes[-1].ended:
        return []
    episode = state.episodes[-1]
    counted = sorted(
        (entry for entry in state.entries.values() if entry.episode == episode.number and entry.met_by(day)),
        key=lambda entry: (entry.record_id, entry.record_key),
    )
    change = _change(episode, counted, day, reason, cause)
    return [change] if change is not None else []


def _assign(state: RiskState, day: date) -> None:
    """Give evidence that has newly come true its episode: the one that goes on, or the next."""
    new = [entry for entry in state.entries.values() if entry.episode is None and entry.met_by(day)]
    if not new:
        return
    if not state.episodes or state.episodes[-1].ended:
        state.episodes.append(Episode(number=len(state.episodes) + 1))
    for entry in new:
        entry.episode = len(state.episodes)


def _change(episode: Episode, counted: list[Entry], day: date, reason: str | None, cause: str | None) -> Change | None:
    emitted = {entry.record_key: _fingerprint(entry, day) for entry in counted}
    kind = _kind(episode, emitted)
    if kind is None:
        return None
    episode.emitted = emitted
    episode.raised = bool(counted)
    if counted:
        met = [rule for entry in counted for rule in entry.met_by(day)]
        episode.since = min(rule.met_on for rule in met)
        episode.pack = max(met, key=lambda rule: (rule.met_on, rule.pack)).pack
        episode.stock = all(entry.baseline for entry in counted)
    assert episode.since is not None  # an episode begins with evidence
    return Change(
        type=kind,
        episode=episode.number,
        status=episode.status,
        since=episode.since,
        pack=episode.pack,
        due_on=episode.due_on,
        stock=episode.stock,
        evidence=tuple(counted),
        reason=cause or (reason if kind in ("WarningShrank", "WarningWithdrawn") else None),
    )


def _kind(episode: Episode, emitted: dict[str, str]) -> ChangeType | None:
    if not episode.raised:
        return "WarningRaised" if emitted else None
    if not emitted:
        return "WarningWithdrawn"
    if emitted.keys() - episode.emitted.keys():
        return "WarningGrew"
    if episode.emitted.keys() - emitted.keys():
        return "WarningShrank"
    return "WarningChanged" if emitted != episode.emitted else None


def _fingerprint(entry: Entry, day: date) -> str:
    turn = f".{entry.turn}" if entry.turn else ""
    return f"{entry.revision}{turn}:" + ",".join(sorted(f"{rule.id}@{rule.met_on}" for rule in entry.met_by(day)))
