"""Of which facts two books of a county may say different things: to be judged for a trial of one, or again when it has come.

Wider than need be, never narrower.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy.book import PackBook
from fangpin.domain.policy.pack import Condition, Pack, Rule, Series

_DAYS_OF_A_MONTH = 31  # at most: rules wait in months
ByFeed = Callable[[Pack | None], Mapping[str, object]]


def first_days(county_code: str, one: PackBook, other: PackBook, by_feed: ByFeed) -> dict[str, date]:
    """The feeds of which the books say different things on some day, each with the first own date of a fact concerned.

    `by_feed` has what is compared of the pack in force that day: `what_judges` or `what_shows`.
    """
    first: dict[str, date] = {}
    for day in sorted({edge for book in (one, other) for pack in book.of(county_code) for edge in _edges(pack)}):
        left, right = (by_feed(book.in_force(county_code, day)) for book in (one, other))
        for feed in left.keys() | right.keys():
            if left.get(feed) != right.get(feed):
                first.setdefault(feed, day)
    delay = max(book.longest_delay(county_code) for book in (one, other)) * _DAYS_OF_A_MONTH
    # Before the calendar begins there are no facts.
    return {feed: date.fromordinal(max(1, day.toordinal() - delay)) for feed, day in first.items()}


def _edges(pack: Pack) -> Iterable[date]:
    """The days on which what is in force may change."""
    yield pack.valid_from
    if pack.valid_until is not None and pack.valid_until < date.max:
        yield pack.valid_until + timedelta(days=1)


def what_judges(pack: Pack | None) -> dict[str, list[str]]:
    """What a pack's rules on each feed ask, in one order. Words (sentences, quotations) and ids judge nothing: left out."""
    found: dict[str, list[str]] = {}
    for rule in pack.rules if pack is not None else ():
        assert pack is not None
        found.setdefault(rule.feed, []).append(_asked(pack, rule))
    return {feed: sorted(own) for feed, own in found.items()}


def what_shows(pack: Pack | None) -> dict[str, list[object]]:
    """All that evidence and notes show of a pack, by feed of facts: its id stands for what its rules' words rest on.

    Every feed of facts is there, for that no pack is in force is noted of each.
    """
    if pack is None:
        return {}
    found: dict[str, list[object]] = {
        slug: [pack.income_period] if feed.of_a_period else [] for slug, feed in FEEDS.items() if feed.matched
    }
    for rule in pack.rules:
        found.setdefault(rule.feed, []).append((pack.id, rule, pack.income_period, _series(pack, rule)))
    return found


@dataclass(frozen=True, slots=True)
class Parting:
    """Where two books of a county part: the feeds whose facts may be judged otherwise, from the first such day on."""

    feeds: tuple[str, ...]
    occurred_from: date


def parting(county_code: str, before: PackBook, after: PackBook) -> Parting | None:
    """What has to be judged again when one book takes the other's place; None: nothing."""
    days = first_days(county_code, before, after, what_shows)
    return Parting(tuple(sorted(days)), min(days.values())) if days else None


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


def _asked(pack: Pack, rule: Rule) -> str:
    period, series = pack.income_period, _series(pack, rule)
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


def _series(pack: Pack, rule: Rule) -> Series | None:
    return next((one for one in pack.series if one.id == rule.series), None)
