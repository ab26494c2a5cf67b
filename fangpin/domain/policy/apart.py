"""Of which facts two books of a county may say different things: those that a trial has to judge, and no others.

Words (sentences, quotations, what to find out) and ids judge nothing, so they are left out of the comparison.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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


Pair = tuple[Condition | None, Condition | None]


def pairs(county_code: str, feed: str, one: PackBook, other: PackBook) -> list[Pair]:
    """What the books ask of a fact of the feed where they do not ask the same: it meets a rule's condition in one of them.

    Where the rules differ in their conditions alone, these in pairs: of a fact that meets both or neither of every pair the
    books say the same. Where they differ in more, each condition against none that can be met.
    """
    left, right = (_keyed(county_code, feed, book) for book in (one, other))
    if [key for key, _ in left] == [key for key, _ in right]:
        return [(was, now) for (_, was), (_, now) in zip(left, right, strict=True) if was != now]
    found: list[Pair] = []
    for _, condition in (*left, *right):
        if (condition, NEVER) not in found:
            found.append((condition, NEVER))
    return found


NEVER = Condition(any=())  # of no alternatives none is met


def narrowed(asked: Iterable[Pair]) -> bool:
    """Whether whatever meets the second of each pair meets the first too: a line that was only drawn tighter."""
    return all(_tighter(was, now) for was, now in asked)


def widened(asked: Iterable[Pair]) -> bool:
    """Whether whatever meets the first of each pair meets the second too."""
    return all(_tighter(now, was) for was, now in asked)


def _tighter(was: Condition | None, now: Condition | None) -> bool:
    if NEVER in (was, now):  # rules that differ in more than their conditions
        return False
    if was is None or now is None:
        return was is None
    if msgspec.structs.replace(was, value=now.value, one_of=now.one_of, as_written=now.as_written) != now:
        return False
    if was.one_of is not None and now.one_of is not None:
        return set(now.one_of) <= set(was.one_of)
    if was.compare is None or was.value is None or now.value is None:
        return False
    before, after = Decimal(was.value), Decimal(now.value)
    return after >= before if was.compare in (">", ">=") else after <= before


def _keyed(county_code: str, feed: str, book: PackBook) -> list[tuple[str, Condition | None]]:
    """The feed's rules in one order: all that they ask but their condition, with the days of their pack; the condition."""
    found = [
        (
            f"{pack.valid_from} {pack.valid_until} {_asked(pack, msgspec.structs.replace(rule, when=None))}",
            rule.when,
        )
        for pack in book.of(county_code)
        for rule in pack.rules
        if rule.feed == feed
    ]
    return sorted(found, key=lambda one: (one[0], msgspec.json.encode(one[1])))


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
