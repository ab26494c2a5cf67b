"""The year's running total beside a line that is on each single record: context for a person, never a trigger.

Two stays of 4000 yuan never cross a line of 6000 (docs/decisions/0004-comparators.md); a village may still want to see them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fangpin.domain.policy.book import PackBook
from fangpin.domain.policy.pack import Rule


@dataclass(frozen=True, slots=True)
class RunningTotal:
    """What a household's records of one feed and calendar year add up to, beside the line on each of them, in yuan."""

    year: int
    feed: str
    field: str
    records: int
    total: Decimal
    line: Decimal
    pack: str


def running_totals(
    book: PackBook, county_code: str, household_class: str, facts: Iterable[tuple[str, date, Mapping[str, object]]]
) -> list[RunningTotal]:
    """For each rule that the pack in force switches it on for (`running_total`); the latest year first.

    `facts` are feed, date and fields of every record that holds. The class is that of now: this is no judgement.
    """
    amounts: dict[tuple[int, str, str], list[Decimal]] = {}
    for feed, day, fields in facts:
        pack = book.in_force(county_code, day)
        for rule in pack.rules if pack is not None else ():
            amount = fields.get(rule.running_total or "")
            if pack is not None and rule.feed == feed and isinstance(amount, Decimal) and _for(rule, household_class):
                amounts.setdefault((day.year, pack.id, rule.id), []).append(amount)
    found = []
    for (year, pack_id, rule_id), own in amounts.items():
        rule = book.rule(pack_id, rule_id)
        line = Decimal(rule.when.value or "0") if rule.when is not None else Decimal(0)
        found.append(
            RunningTotal(year, rule.feed, rule.running_total or "", len(own), sum(own, Decimal(0)), line, pack_id)
        )
    return sorted(found, key=lambda one: (-one.year, one.feed, one.line))


def _for(rule: Rule, household_class: str) -> bool:
    return rule.households is None or any(
        kind.classes is None or household_class in kind.classes for kind in rule.households
    )
