"""Which records a trial has to look at, told from the two books and the live evidence.

Of a feed for which the draft has no rule: none, what counts today ends. Where lines are only drawn tighter: those that meet
one now. Where they are only widened: what counts today goes on, so that a household × risk that has it from a day on is the
same on both sides, whatever else happened on that day or later. Of every other feed all, from the first day of a difference.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fangpin.domain.policy import PackBook
from fangpin.domain.policy.apart import Pair, first_days, narrowed, pairs, what_judges, widened
from fangpin.domain.policy.pack import NAMED
from services.sandbox.evidence import Since


@dataclass(frozen=True, slots=True)
class Plan:
    """The feeds whose rules differ, each with the first own date concerned and what is asked of its records.

    `widened` has for each of its feeds the risks that its rules can name.
    """

    days: dict[str, date]
    asked: dict[str, list[Pair]]
    gone: frozenset[str]
    narrowed: frozenset[str]
    widened: dict[str, frozenset[str]]

    @property
    def opened(self) -> dict[str, date]:
        """The feeds, with their days, of which single records have to be looked at."""
        return {feed: day for feed, day in self.days.items() if feed not in self.gone}


def plan_of(county: str, in_force: PackBook, draft: PackBook) -> Plan:
    """What two books of one county make of its feeds."""
    days = first_days(county, in_force, draft, what_judges)
    asked = {feed: pairs(county, feed, in_force, draft) for feed in days}
    before, after = (_risks(county, book) for book in (in_force, draft))
    gone = frozenset(feed for feed in days if feed not in after)
    lines = {feed: own for feed, own in asked.items() if feed not in gone}
    loose = {feed: after[feed] for feed, own in lines.items() if widened(own) and NAMED not in after[feed]}
    tight = frozenset(feed for feed, own in lines.items() if feed in before and narrowed(own))
    return Plan(days, asked, gone, tight, loose)


def settled(plan: Plan, sure: Since) -> Iterator[tuple[str, bytes, date]]:
    """Feed, household and the day from which on no record of the feed can change what the comparison says of it.

    `sure` is since when both sides show a risk. No rule is met before the fact's own day.
    """
    by_household: dict[bytes, dict[str, date]] = defaultdict(dict)
    for (household, risk), since in sure.items():
        by_household[household][risk] = since
    for feed, risks in plan.widened.items():
        for household, shown in by_household.items():
            if risks <= shown.keys():
                yield feed, household, max(shown[risk] for risk in risks)


def _risks(county: str, book: PackBook) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for pack in book.of(county):
        for rule in pack.rules:
            found[rule.feed].add(rule.risk)
    return {feed: frozenset(risks) for feed, risks in found.items()}
