"""What a county's policy makes of a fact: the rules it meets, since when, and the arithmetic. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from fangpin.domain.calendar import months_after
from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy.conditions import compile_condition
from fangpin.domain.policy.pack import Pack, Rule
from fangpin.domain.register import Register

if TYPE_CHECKING:
    from fangpin.domain.policy.book import PackBook


@dataclass(frozen=True, slots=True)
class Fact:
    """One active record of a household; `fields` as in `Record.fields`."""

    feed: str
    source: str
    record_id: str
    occurred_on: date
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Met:
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


FactTest = Callable[[Fact, Register], Met | None]


def compile_rule(pack: Pack, rule: Rule) -> FactTest:
    """The rule as a function of a fact and the register of its household."""
    condition = compile_condition(FEEDS[rule.feed], rule.when)
    classes = frozenset(rule.classes) if rule.classes is not None else None
    later = rule.met

    def test(fact: Fact, register: Register) -> Met | None:
        arithmetic = condition(fact.fields)
        if arithmetic is None:
            return None
        met_on = fact.occurred_on
        if later is not None:
            met_on = months_after(fact.occurred_on, later.months_after)
            ended = fact.fields.get(later.unless_before) if later.unless_before else None
            if isinstance(ended, date) and ended < met_on:
                return None
            arithmetic = f"{arithmetic}，{met_on} ≥ {fact.occurred_on} + {later.months_after} 个月"
        if not pack.covers(met_on):
            return None
        if classes is not None:
            state = register.as_of(met_on)
            if state is None or state.household_class not in classes:
                return None
        return Met(rule.risk, rule.id, pack.id, rule.purpose, met_on, arithmetic)

    return test


def evaluate(county_code: str, facts: Iterable[Fact], register: Register, book: "PackBook", on: date) -> list[Finding]:
    """The findings about one household as of `on`, a finding a risk, in order of risk."""
    by_risk: dict[str, list[tuple[str, Met]]] = {}
    for fact in facts:
        for met in book.evaluate_fact(county_code, fact, register):
            if met.met_on <= on:
                by_risk.setdefault(met.risk, []).append((fact.record_id, met))
    return [
        _finding(risk, sorted(rules, key=lambda one: (one[0], one[1].rule_id)))
        for risk, rules in sorted(by_risk.items())
    ]


def _finding(risk: str, rules: list[tuple[str, Met]]) -> Finding:
    latest = max((met for _, met in rules), key=lambda met: (met.met_on, met.pack))
    return Finding(
        risk=risk,
        since=min(met.met_on for _, met in rules),
        pack=latest.pack,
        evidence=tuple(sorted({record_id for record_id, _ in rules})),
        rules=tuple(rules),
    )
