"""The ten situations in which a household is in principle not monitored, folded from the departments' answers.

The outcome is what a person reads before deciding; nothing in the hub acts on it, for 双江 2021 二（三） allows exceptions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fangpin.domain.policy.procedure import Exclusion

State = Literal["clear", "hit", "unanswered"]
_WORST_FIRST = ("hit", "unknown", "clear")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a department said on one situation; `answer` is clear, hit or unknown (it is still looking).

    `sequence` orders answers of one day by when they were recorded; `person` tells apart of whom they are, `whom` names them.
    """

    situation: int
    answer: str
    answered_on: date
    department: str
    sequence: int
    person: str | None = None
    whom: str | None = None
    detail: str | None = None
    person_only: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A department that has not said yes or no; `since` its answer that it is looking, None when it said nothing."""

    department: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Override:
    """That somebody decided, with a reason, that a situation found does not stand in the way; `sequence` as of an answer."""

    situation: int
    reason: str | None
    decided_by: str | None
    decided_on: date
    sequence: int
    source: str
    record_id: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one situation stands. `answers`: the latest of each department, the latest first; `disputed`: they differ.

    `override`: the latest that stands; the state stays what the departments say. `answered_since`: it was found again
    after that.
    """

    state: State
    answers: tuple[Answer, ...]
    waiting: tuple[Waiting, ...]
    disputed: bool
    override: Override | None = None
    answered_since: bool = False


def outcome(situation: Exclusion, answers: Iterable[Answer], overrides: Iterable[Override] = ()) -> Outcome:
    """The latest `answered_on` wins; on one day a hit before a department still looking, and that before a clear.

    Where the situation is of persons, one person's answer does not touch another's, and the worst of them is shown.
    """
    standing = _latest(answers, situation)
    groups = [
        [one for one in standing if one.person == person] if situation.person_only else standing
        for person in ({one.person for one in standing} if situation.person_only else {None})
    ]
    decided = [max(group, key=lambda one: (one.answered_on, -_rank(one))) for group in groups if group]
    worst = min(decided, key=_rank, default=None)
    own = [one for one in overrides if one.situation == situation.number]
    override = max(own, key=lambda one: (one.decided_on, one.sequence), default=None)
    return Outcome(
        state=_state(worst),
        answers=tuple(standing),
        waiting=tuple(_waiting(situation, standing)),
        disputed=any({"hit", "clear"} <= {one.answer for one in group} for group in groups),
        override=override,
        answered_since=override is not None
        and any(one.answer == "hit" and one.sequence > override.sequence for one in standing),
    )


def _latest(answers: Iterable[Answer], situation: Exclusion) -> list[Answer]:
    """The latest answer of each department, of persons of each person too; one on the household replaces its earlier ones."""
    found: dict[tuple[str, str | None], Answer] = {}
    for one in sorted(answers, key=lambda one: (one.answered_on, one.sequence)):
        if one.situation != situation.number:
            continue
        person = one.person if situation.person_only else None
        if person is None:
            found = {key: kept for key, kept in found.items() if key[0] != one.department}
        found[one.department, person] = one
    return sorted(found.values(), key=lambda one: (one.answered_on, one.sequence), reverse=True)


def _rank(answer: Answer) -> int:
    return _WORST_FIRST.index(answer.answer)


def _state(answer: Answer | None) -> State:
    if answer is None or answer.answer == "unknown":
        return "unanswered"
    return "hit" if answer.answer == "hit" else "clear"


def _waiting(situation: Exclusion, standing: Sequence[Answer]) -> Iterable[Waiting]:
    """The departments asked that said nothing, and any that said it is still looking."""
    looking = {one.department: one.answered_on for one in standing if one.answer == "unknown"}
    said = {one.department for one in standing}
    for department in dict.fromkeys((*situation.asks, *looking)):
        if department in looking or department not in said:
            yield Waiting(department, looking.get(department))
