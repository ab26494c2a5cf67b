"""What a county's policy makes of a fact: the rules it meets, since when, and the arithmetic. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from fangpin.domain.assistance import Aid
from fangpin.domain.calendar import months_after
from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy.conditions import compile_condition
from fangpin.domain.policy.households import compile_households
from fangpin.domain.policy.pack import NAMED, MetLater, Pack, Rule
from fangpin.domain.policy.spans import compile_span
from fangpin.domain.register import Register, RegisterState

if TYPE_CHECKING:
    from fangpin.domain.policy.book import PackBook

# The person is a member of the household who does not share income and expense with it (docs/decisions/0013).
NOT_SHARING = "（登记为不共享收支的成员：是否计入本户，须由人核定）"


class Fact(msgspec.Struct, frozen=True, gc=False):
    """One active record of a household; `fields` as in `Record.fields`, `person` as in `Member.person`, where it names one."""

    feed: str
    source: str
    record_id: str
    occurred_on: date
    fields: Mapping[str, object]
    person: str | None = None


class Met(msgspec.Struct, frozen=True, gc=False):
    """A rule that a fact meets; `met_on` may lie ahead of today, and is then not yet evidence."""

    risk: str
    rule_id: str
    pack: str
    purpose: str
    met_on: date
    arithmetic: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One risk of a household as of a date: the facts that meet rules, each with its rules."""

    risk: str
    since: date
    pack: str
    evidence: tuple[str, ...]
    rules: tuple[tuple[str, Met], ...]


FactTest = Callable[[Fact, Register, Sequence[Aid]], Met | None]
WaitTest = Callable[[Mapping[str, object], date], bool]


def compile_gate(rule: Rule) -> Callable[[Fact], bool]:
    """The part of a rule that looks at the fact alone: where it does not hold, no household makes the rule be met."""
    condition = compile_condition(FEEDS[rule.feed], rule.when)
    return lambda fact: condition(fact.fields) is not None


def compile_wait(pack: Pack, rule: Rule) -> WaitTest | None:
    """Whether a fact of that day waits for the rule, which is met under the pack. None for a rule that is met at once."""
    later = rule.met
    if later is None:
        return None
    condition = compile_condition(FEEDS[rule.feed], rule.when)

    def waits(fields: Mapping[str, object], occurred_on: date) -> bool:
        met_on = _day_met(later, fields, occurred_on)
        return met_on is not None and pack.covers(met_on) and condition(fields) is not None

    return waits


def _day_met(later: MetLater, fields: Mapping[str, object], occurred_on: date) -> date | None:
    """The day on which the condition has held for so many months; None when it ended before."""
    met_on = months_after(occurred_on, later.months_after)
    ended = fields.get(later.unless_before) if later.unless_before else None
    return None if isinstance(ended, date) and ended < met_on else met_on


def compile_rule(pack: Pack, rule: Rule) -> FactTest:
    """The rule as a function of a fact, the register of its household, and who in it receives assistance."""
    condition = compile_condition(FEEDS[rule.feed], rule.when)
    in_span = compile_span(pack, rule)
    of_kind = compile_households(rule.households)
    later = rule.met
    named = rule.risk == NAMED

    def test(fact: Fact, register: Register, aid: Sequence[Aid]) -> Met | None:
        arithmetic = condition(fact.fields)
        if arithmetic is None:
            return None
        met_on = fact.occurred_on
        if later is not None:
            held = _day_met(later, fact.fields, fact.occurred_on)
            if held is None:
                return None
            met_on = held
            arithmetic = f"{arithmetic}，{met_on} ≥ {fact.occurred_on} + {later.months_after} 个月"
        if not pack.covers(met_on) or (in_span is not None and not in_span(fact.fields, met_on)):
            return None
        state = register.as_of(met_on)
        if of_kind is not None and (state is None or not of_kind(state, aid, met_on)):
            return None
        if fact.person is not None and state is not None and not _shares(state, fact.person):
            arithmetic += NOT_SHARING
        risk = str(fact.fields.get("risk")) if named else rule.risk
        return Met(risk, rule.id, pack.id, rule.purpose, met_on, arithmetic)

    return test


def _shares(state: RegisterState, person: str) -> bool:
    """Whether the person shares income and expense with the household, by the register of the rule's date."""
    return all(member.shares_income for member in state.members if member.person == person)


def evaluate(
    county_code: str,
    facts: Iterable[Fact],
    register: Register,
    book: "PackBook",
    on: date,
    aid: Sequence[Aid] = (),
) -> list[Finding]:
    """The findings about one household as of `on`, a finding a risk, in order of risk."""
    by_risk: dict[str, list[tuple[str, Met]]] = {}
    for fact in facts:
        for met in book.evaluate_fact(county_code, fact, register, aid):
            if met.met_on <= on:
                by_risk.setdefault(met.risk, []).append((fact.record_id, met))
    return [finding_of(risk, rules) for risk, rules in sorted(by_risk.items())]


def finding_of(risk: str, found: Iterable[tuple[str, Met]]) -> Finding:
    """One risk from the rules that records meet, each with the record's id; at least one."""
    rules = sorted(found, key=lambda one: (one[0], one[1].rule_id))
    latest = max((met for _, met in rules), key=lambda met: (met.met_on, met.pack))
    return Finding(
        risk=risk,
        since=min(met.met_on for _, met in rules),
        pack=latest.pack,
        evidence=tuple(sorted({record_id for record_id, _ in rules})),
        rules=tuple(rules),
    )
