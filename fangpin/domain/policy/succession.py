"""Packs that follow others: a county's book with packs that came into force after the hub's own, and where two books part.

A pack's content never changes under its id: a changed value is a new pack with a new id. So old evidence finds its clause
whatever has come into force since, and an old fact is judged by the pack of its own date (docs/decisions/0034).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy.book import PackBook
from fangpin.domain.policy.pack import Pack, PackError


def followed(own: Iterable[Pack], successor: Pack) -> list[Pack]:
    """A county's packs with another that takes the days it is in force on; those it leaves no day are gone.

    Raises `PackError` when a pack would have to go on after the successor.
    """
    kept = []
    for pack in own:
        if last_day(pack) < successor.valid_from or last_day(successor) < pack.valid_from:
            kept.append(pack)
        elif last_day(successor) < last_day(pack):
            raise PackError(
                f"{successor.id}：{successor.valid_until} 就结束，那时 {pack.id} 还在执行；"
                f"请不写 valid_until，或把草案命名为 {pack.id}"
            )
        elif pack.valid_from < successor.valid_from:
            kept.append(msgspec.structs.replace(pack, valid_until=successor.valid_from - timedelta(days=1)))
    return [*kept, successor]


def last_day(pack: Pack) -> date:
    """The last day on which the pack is in force."""
    return pack.valid_until or date.max


def book_of(base: Sequence[Pack], activated: Iterable[Pack]) -> PackBook:
    """The hub's own packs, and those that came into force since, in that order.

    Packs that have no day left judge nothing, but the book still tells their words. Raises `PackError`: an id is taken,
    a county has no pack of the hub's own, a pack cannot follow those before it.
    """
    held: dict[str, list[Pack]] = {}
    for pack in base:
        held.setdefault(pack.county_code, []).append(pack)
    every = {pack.id: pack for pack in base}
    for pack in activated:
        if pack.id in every:
            raise PackError(f"{pack.id}：这个编号已经用过；改过的政策包要用新的编号")
        if pack.county_code not in held:
            raise PackError(f"{pack.id}：{pack.county_code} 不是本中枢的县区")
        every[pack.id] = pack
        held[pack.county_code] = followed(held[pack.county_code], pack)
    judging = [pack for own in held.values() for pack in own]
    ids = {pack.id for pack in judging}
    return PackBook(judging, former=[pack for pack in every.values() if pack.id not in ids])


@dataclass(frozen=True, slots=True)
class Parting:
    """Where two books of a county part: the feeds whose facts may be judged otherwise, from the first such day on."""

    feeds: tuple[str, ...]
    occurred_from: date


def parting(county_code: str, before: PackBook, after: PackBook) -> Parting | None:
    """What has to be judged again when one book takes the other's place; None: nothing.

    Wider than need be, never narrower: a feed is named when the packs in force on any day say different things of it; every
    feed of facts, when a day has a pack in one book alone, for that is noted of each.
    """
    days = sorted({day for book in (before, after) for pack in book.of(county_code) for day in edges(pack)})
    feeds: set[str] = set()
    first: date | None = None
    for day in days:
        packs = [book.in_force(county_code, day) for book in (before, after)]
        old, new = map(_by_feed, packs)
        changed = {feed for feed in old.keys() | new.keys() if old.get(feed) != new.get(feed)}
        if packs.count(None) == 1:
            changed.update(slug for slug, feed in FEEDS.items() if feed.matched)
        if changed:
            feeds |= changed
            first = first or day
    if first is None:
        return None
    delay = max((book.longest_delay(county_code) for book in (before, after)), default=0)
    # A month has at most 31 days; before the calendar begins there are no facts.
    earliest = date.fromordinal(max(1, first.toordinal() - 31 * delay))
    return Parting(tuple(sorted(feeds)), earliest)


def edges(pack: Pack) -> Iterable[date]:
    """The days on which what is in force may change."""
    yield pack.valid_from
    if pack.valid_until is not None and pack.valid_until < date.max:
        yield pack.valid_until + timedelta(days=1)


def _by_feed(pack: Pack | None) -> Mapping[str, object]:
    """What the pack says of each feed, to be compared: its id stands for all that its rules' words rest on."""
    if pack is None:
        return {}
    found: dict[str, list[object]] = {slug: [pack.income_period] for slug, feed in FEEDS.items() if feed.of_a_period}
    for rule in pack.rules:
        series = next((one for one in pack.series if one.id == rule.series), None)
        found.setdefault(rule.feed, []).append((pack.id, rule, pack.income_period, series))
    return found
