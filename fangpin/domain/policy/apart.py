"""Of which facts two books of a county may say different things: those that a trial has to judge, and no others.

Words (sentences, quotations, what to find out) and ids judge nothing, so they are left out of the comparison.
"""

from dataclasses import dataclass
from datetime import date

import msgspec

from fangpin.domain.policy.book import PackBook
from fangpin.domain.policy.pack import Condition, Pack, Rule
from fangpin.domain.policy.succession import edges

_DAYS_OF_A_MONTH = 31


@dataclass(frozen=True, slots=True)
class Apart:
    """The feeds whose rules differ on some day, each with the first own date of a fact that may be concerned."""

    feeds: dict[str, date]


def apart(county_code: str, one: PackBook, other: PackBook) -> Apart:
    """Wider than need be, never narrower: a fact that is not named meets the same risks on the same days in both books."""
    first: dict[str, date] = {}
    for day in sorted({edge for book in (one, other) for pack in book.of(county_code) for edge in edges(pack)}):
        left, right = (_judging(book.in_force(county_code, day)) for book in (one, other))
        for feed in left.keys() | right.keys():
            if left.get(feed) != right.get(feed):
                first.setdefault(feed, day)
    delay = max(book.longest_delay(county_code) for book in (one, other)) * _DAYS_OF_A_MONTH
    return Apart({feed: date.fromordinal(max(1, day.toordinal() - delay)) for feed, day in first.items()})


def conditions(county_code: str, feed: str, *books: PackBook) -> list[Condition] | None:
    """Every condition that a rule on the feed has in these books, each once. None: a rule takes any record."""
    found: list[Condition] = []
    for book in books:
        for pack in book.of(county_code):
            for rule in pack.rules:
                if rule.feed != feed:
                    continue
                if rule.when is None:
                    return None
                if rule.when not in found:
                    found.append(rule.when)
    return found


def _judging(pack: Pack | None) -> dict[str, list[str]]:
    """What a pack's rules on each feed ask, in one order."""
    found: dict[str, list[str]] = {}
    for rule in pack.rules if pack is not None else ():
        assert pack is not None
        found.setdefault(rule.feed, []).append(_asked(pack, rule))
    return {feed: sorted(own) for feed, own in found.items()}


def _asked(pack: Pack, rule: Rule) -> str:
    period, series = pack.income_period, next((one for one in pack.series if one.id == rule.series), None)
    parts = (
        rule.risk,
        rule.purpose,
        rule.households,
        rule.when,
        rule.met,
        (rule.valid_from, rule.valid_until, series.dated_by) if series is not None else None,
        (period.form, period.months, period.first_month, period.whole_years, period.parts_of) if period else None,
    )
    return msgspec.json.encode(parts).decode()
