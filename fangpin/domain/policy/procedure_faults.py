"""What is wrong with the duties, exclusions, measures and steps of a pack."""

from collections.abc import Iterable, Iterator, Sequence

from fangpin.domain.feeds import DEPARTMENTS, FEEDS
from fangpin.domain.policy.procedure import ROLES, Due, Duty, Exclusion, Measure, Step
from fangpin.domain.policy.wording import number_faults
from fangpin.domain.policy.words import Basis

SITUATIONS = 10
_HUB = "hub"


def procedure_faults(
    duties: Sequence[Duty], exclusions: Sequence[Exclusion], measures: Sequence[Measure], chain: Sequence[Step]
) -> Iterator[str]:
    """Each fault in words, with the part in which it is."""
    for what, ids in (
        ("duty", [one.id for one in duties]),
        ("exclusion", [str(one.number) for one in exclusions]),
        ("measure", [one.id for one in measures]),
        ("step", [one.id for one in chain]),
    ):
        for one in sorted({one for one in ids if ids.count(one) > 1}):
            yield f"{what} {one} stands twice"
    for duty in duties:
        for fault in _duty_faults(duty):
            yield f"duty {duty.id}: {fault}"
    for situation in exclusions:
        for fault in _exclusion_faults(situation):
            yield f"exclusion {situation.number}: {fault}"
    if exclusions and sorted(one.number for one in exclusions) != list(range(1, SITUATIONS + 1)):
        yield f"exclusions: the document has {SITUATIONS}, by number from 1"
    for measure in measures:
        for fault in _unknown((*measure.lead, *measure.joined)):
            yield f"measure {measure.id}: {fault}"
    for step in chain:
        for fault in _step_faults(step):
            yield f"step {step.id}: {fault}"
    if chain and sum(step.decides for step in chain) != 1:
        yield "chain: exactly one step decides"


def _unknown(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name == _HUB or name not in (*DEPARTMENTS, *ROLES):
            yield f"{name} is no department or role"


def _duty_faults(duty: Duty) -> Iterator[str]:
    yield from _unknown((*duty.by, *duty.to))
    if not duty.by or not duty.to:
        yield "say who owes it, and to whom"
    for feed in duty.feeds:
        if feed not in FEEDS:
            yield f"no feed {feed}"
    if duty.times < 1:
        yield "times must be 1 or more"
    yield from _due_faults(duty.due, duty.every, duty.basis)


def _due_faults(due: Due, every: str, basis: Basis) -> Iterator[str]:
    forms = [due.day is not None, due.end, due.days is not None, due.working_days is not None, due.unstated]
    if sum(forms) != 1:
        yield "due must have exactly one of day, end, days, working_days, unstated"
    if due.day is not None and not 1 <= due.day <= 31:
        yield f"day {due.day} must be a day of the month"
    if due.month_of_quarter is not None and (due.month_of_quarter not in (1, 2, 3) or every != "quarter"):
        yield "month_of_quarter is 1, 2 or 3 of a quarter"
    if due.day is not None and every != "month" and due.month_of_quarter is None:
        yield "a day is one of every month, or of the month_of_quarter of every quarter"
    if (due.days is not None or due.working_days is not None) is not (every == "occurrence"):
        yield "days count from an occurrence, and an occurrence has days"
    numbers = [number for number in (due.day, due.days, due.working_days) if number is not None]
    if numbers and (due.as_written is not None or basis.decision is None):
        yield from number_faults(basis, due.as_written, numbers)


def _exclusion_faults(situation: Exclusion) -> Iterator[str]:
    yield from _unknown(situation.asks)
    if not situation.asks:
        yield "say which department is asked"
    if situation.basis.decision is None:
        yield "which department answers is our mapping; it needs a decision"
    yield from number_faults(situation.basis, situation.basis.quote, [situation.number])


def _step_faults(step: Step) -> Iterator[str]:
    yield from _unknown(step.by)
    if not step.by:
        yield "say who takes it"
    if step.working_days is not None:
        yield from number_faults(step.basis, step.basis.quote, [step.working_days])
    if (step.ends is not None) is not (step.stage == "exit"):
        yield "the exit, and only the exit, says how it ends"
