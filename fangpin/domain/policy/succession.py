"""Packs that follow others: a county's book with packs that came into force after the hub's own.

A pack's content never changes under its id: a changed value is a new pack with a new id. So old evidence finds its clause
whatever has come into force since, and an old fact is judged by the pack of its own date (docs/decisions/0034).
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

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
