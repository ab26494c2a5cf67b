"""The month board: what a county's packs say is owed, against what came: delivered, nil, late, missing, or not due yet.

Silence is a visible fact with an owner: a department of the county, a township, or a village
(docs/decisions/0030-month-board.md says what counts as the delivery of which month).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fangpin.domain.feeds import DEPARTMENTS, FEEDS, LOCAL_DEPARTMENTS
from fangpin.domain.policy.feed_calendar import Owed, due_after
from fangpin.domain.working_days import OutsideTable, WorkingDays

State = Literal["delivered", "nil", "late", "missing", "pending"]
_BUREAUS = tuple(slug for slug in DEPARTMENTS if slug not in (*LOCAL_DEPARTMENTS, "hub"))


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owes: a department's slug, and for a township or village its code."""

    department: str
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What an owner delivered of a feed on a civil day, as far as it concerns one month.

    `named`: the records say of which month they are. `baseline`: stock of past years.
    """

    owner: Owner
    feed: str
    day: date
    month: str
    named: bool
    baseline: bool
    earliest: date
    records: int


@dataclass(frozen=True, slots=True)
class NilReturn:
    """An owner's word, given on a civil day, that a feed had nothing in a month."""

    owner: Owner
    feed: str
    month: str
    day: date


@dataclass(frozen=True, slots=True)
class Came:
    """How one of a duty's feeds stands."""

    feed: str
    records: int
    last_on: date | None
    nil_on: date | None


@dataclass(frozen=True, slots=True)
class Line:
    """One duty of one owner. `days_late`: of what came late, or has not come by `today`; None where there is no day to be
    late by. `unknown` says in Chinese why a day could not be told.
    """

    owed: Owed
    owner: Owner
    due_on: date | None
    state: State
    days_late: int | None
    done_on: date | None
    feeds: tuple[Came, ...]
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The lines of a month, and the duties that cannot be seen here, because nothing of them comes on a feed."""

    lines: tuple[Line, ...]
    untracked: tuple[tuple[Owed, str], ...]  # with the slug of who owes it


def month_board(
    owed: Sequence[Owed],
    month: str,
    areas: Mapping[str, Sequence[str]],
    deliveries: Iterable[Delivery],
    nils: Iterable[NilReturn],
    today: date | None,
    table: WorkingDays,
) -> Board:
    """The board of a month (`YYYY-MM`) of which `owed` is the calendar. `areas`: the county's townships and villages, by
    slug. `today` is the county's civil date; without one nothing is missing yet.
    """
    came: dict[Owner, list[Delivery]] = {}
    for delivery in deliveries:
        came.setdefault(delivery.owner, []).append(delivery)
    nothing: dict[Owner, list[NilReturn]] = {}
    for nil in nils:
        nothing.setdefault(nil.owner, []).append(nil)
    lines: list[Line] = []
    untracked: list[tuple[Owed, str]] = []
    for one in owed:
        for slug in _slugs(one):
            feeds = tuple(feed for feed in one.duty.feeds if slug in FEEDS[feed].departments)
            if not feeds:
                untracked.append((one, slug))
                continue
            for owner in _owners(slug, areas):
                own = [each for each in came.get(owner, ()) if each.feed in feeds]
                declared = [each for each in nothing.get(owner, ()) if each.feed in feeds]
                if one.period is None:
                    lines.extend(_after_occurrence(one, owner, month, feeds, own, table))
                else:
                    lines.append(_of_period(one, one.period, owner, feeds, own, declared, today))
    return Board(tuple(lines), tuple(untracked))


def serves(delivery: Delivery, period: tuple[date, date]) -> bool:
    """Whether a delivery counts for a period: its records are of one of its months, or it came in it.

    Records that name their month are of that month alone.
    """
    if _within(delivery.month, period):
        return True
    return not delivery.named and period[0] <= delivery.day <= period[1]


def _slugs(owed: Owed) -> list[str]:
    """Who owes it; all departments are those of the county, but not the one that is to receive it."""
    everybody = [slug for slug in _BUREAUS if slug not in owed.duty.to]
    found = [slug for by in owed.duty.by for slug in (everybody if by == "all-departments" else [by])]
    return list(dict.fromkeys(found))


def _owners(slug: str, areas: Mapping[str, Sequence[str]]) -> Iterator[Owner]:
    if slug in LOCAL_DEPARTMENTS:
        yield from (Owner(slug, area) for area in areas.get(slug, ()))
    else:
        yield Owner(slug)


def _of_period(
    owed: Owed,
    period: tuple[date, date],
    owner: Owner,
    feeds: tuple[str, ...],
    came: list[Delivery],
    declared: list[NilReturn],
    today: date | None,
) -> Line:
    own = [one for one in came if serves(one, period)]
    nils = [one for one in declared if _within(one.month, period)]
    days = sorted({one.day for one in own})
    done = days[owed.duty.times - 1] if len(days) >= owed.duty.times else None
    settled = min((day for day in (done, *(one.day for one in nils)) if day is not None), default=None)
    due_on = owed.due_on
    shown = tuple(_came(feed, own, nils) for feed in feeds)
    if settled is None:
        last = due_on or period[1]
        missing = today is not None and today > last
        late = (today - due_on).days if missing and today is not None and due_on is not None else None
        return Line(owed, owner, due_on, "missing" if missing else "pending", late, None, shown)
    stock = settled == done and all(one.baseline for one in own if one.day == done)
    late = None if due_on is None or stock else max(0, (settled - due_on).days)
    state: State = "nil" if done is None else "late" if late else "delivered"
    return Line(owed, owner, due_on, state, late, settled, shown)


def _after_occurrence(
    owed: Owed, owner: Owner, month: str, feeds: tuple[str, ...], came: list[Delivery], table: WorkingDays
) -> Iterator[Line]:
    """What happened in the month and was told: late by the worst of it. Of what nobody told nobody knows."""
    own = [one for one in came if one.month == month and not one.baseline]
    if not own:
        return
    shown = tuple(_came(feed, own, ()) for feed in feeds)
    worst: tuple[int, date, date] | None = None
    unknown = None
    for one in own:
        try:
            due_on = due_after(owed.duty.due, one.earliest, table)
        except OutsideTable as error:
            unknown = str(error)
            continue
        if due_on is not None:
            found = (max(0, (one.day - due_on).days), due_on, one.day)
            worst = found if worst is None else max(worst, found)
    if worst is None:
        done = max(one.day for one in own)
        yield Line(owed, owner, None, "delivered", None, done, shown, unknown)
        return
    late, due_on, day = worst
    yield Line(owed, owner, due_on, "late" if late else "delivered", late, day, shown, unknown)


def _came(feed: str, own: Iterable[Delivery], nils: Iterable[NilReturn]) -> Came:
    of_feed = [one for one in own if one.feed == feed]
    return Came(
        feed,
        sum(one.records for one in of_feed),
        max((one.day for one in of_feed), default=None),
        min((one.day for one in nils if one.feed == feed), default=None),
    )


def _within(month: str, period: tuple[date, date]) -> bool:
    first, last = period
    return f"{first:%Y-%m}" <= month <= f"{last:%Y-%m}"
