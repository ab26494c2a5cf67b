"""The stored history of one county evaluated under two books at once.

Only what the two books may judge differently is judged: the records of feeds whose rules differ, from the first day on
which they do. Of those the fields are read that conditions name; a record that meets no condition of either book ends
there. Everything else counts on both sides as the live evidence counts it, and what counts now is what it says, too: only
the draft is evaluated. The links to households are the correlator's own: policy has no part in matching.
"""

import gc
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import NamedTuple

from fangpin.database import Connection
from fangpin.domain.policy import PackBook
from fangpin.domain.policy.trial import Comparison, Shown
from fangpin.vault import Vault
from services.sandbox.evidence import Proof, Since, earliest, proofs, shown_by, since_by_others
from services.sandbox.judging import judge
from services.sandbox.looking import Report, look, silent
from services.sandbox.plan import plan_of, settled
from services.sandbox.snapshot import Snapshot

_LINKED = (
    "s.county_code = %(county)s AND s.is_current AND NOT s.withdrawn AND s.household_id IS NOT NULL "
    "AND s.feed = ANY(%(feeds)s)"
)
_DAYS = "unnest(%(own_feeds)s::text[], %(own_days)s::date[]) AS own (feed, day) ON own.feed = s.feed AND s.occurred_on >= own.day"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the replay found. `records` are those on which the outcome rests, `opened` those that had to be judged for it;
    `shredded` records were left out on both sides: their salt is gone, by intent.
    """

    comparison: Comparison
    records: int
    opened: int
    households: int
    shredded: int
    seconds: float

    @property
    def records_per_second(self) -> float:
        """Records of the history compared under both books, from the first query to the last household."""
        return self.records / self.seconds if self.seconds > 0 else 0.0


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles: a trial makes hundred thousands of objects, all of which it needs to its end."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


@_uncollected()
def replay(
    snap: Snapshot, vault: Vault, in_force: PackBook, draft: PackBook, county: str, on: date, report: Report = silent
) -> Outcome:
    """Compare every linked record of the county as of `on` under both books, which hold this county's packs alone.

    Raises `PoisonError` when the vault is not the one that sealed the records.
    """
    began = time.perf_counter()
    plan = plan_of(county, in_force, draft)
    others = snap.aside(lambda conn: since_by_others(conn, county, plan.days, on))
    counting = snap.aside(lambda conn: _count(conn, county, (in_force, draft), plan.opened))
    losing = snap.aside(lambda conn: _lost(conn, county, {feed: plan.days[feed] for feed in plan.gone}))
    proven = list(proofs(snap.conn, county, plan.days, on))
    looked = look(snap.conn, vault, county, plan, proven, report)
    counted, lost = counting.result(), losing.result()
    if counted.held != looked.held:  # some did not open
        lost |= _lost(snap.conn, county, plan.opened)
    if lost:
        proven = [one for one in proven if one.record_key not in lost]
    sure = others.result()
    standing = [one for one in proven if one.feed in plan.widened]
    looked.leave_out(settled(plan, earliest(sure, standing)))
    concerned = [one.feed in plan.gone or one.record_key in looked.differing for one in proven]
    alike = earliest(sure, compress(proven, (not one for one in concerned)))
    before: dict[bytes, list[Proof]] = defaultdict(list)
    for one in compress(proven, concerned):
        before[one.household].append(one)
    after = judge(snap.conn, vault, draft, county, on, looked.differing)
    comparison = _compared(snap.conn, county, alike, before, after)
    seconds = time.perf_counter() - began
    return Outcome(comparison, counted.records - len(lost), looked.records, counted.households, len(lost), seconds)


class _Counted(NamedTuple):
    """Linked records of the feeds that either book judges, their households; of each opened feed those from its day on."""

    records: int
    households: int
    held: dict[str, int]


def _count(conn: Connection, county: str, books: Sequence[PackBook], opened: Mapping[str, date]) -> _Counted:
    rules = sorted({rule.feed for book in books for pack in book.packs.values() for rule in pack.rules})
    rows = conn.execute(
        "SELECT feed, count(*), sum(records)::bigint, sum(held)::bigint FROM (SELECT s.feed, count(*) AS records, "
        f"count(own.feed) AS held FROM signal s LEFT JOIN {_DAYS} WHERE {_LINKED} "
        "GROUP BY GROUPING SETS ((s.household_id), (s.feed))) AS counted GROUP BY feed",
        {"county": county, "feeds": rules, **_days(opened)},
    ).fetchall()
    households, records = next(((count, sum_of) for feed, count, sum_of, _ in rows if feed is None), (0, 0))
    return _Counted(records, households, {feed: held for feed, _, _, held in rows if feed is not None and held})


def _lost(conn: Connection, county: str, days: Mapping[str, date]) -> set[bytes]:
    """The linked records of these feeds, from their days on, that do not open any more, by key."""
    if not days:
        return set()
    rows = conn.execute(
        f"SELECT uuid_send(s.record_key) FROM signal s JOIN {_DAYS} WHERE {_LINKED} "
        "AND NOT EXISTS (SELECT FROM vault_salt v WHERE v.subject = s.seal_subject)",
        {"county": county, "feeds": list(days), **_days(days)},
        binary=True,
    )
    return {key for (key,) in rows}


def _days(days: Mapping[str, date]) -> dict[str, object]:
    return {"own_feeds": list(days), "own_days": list(days.values())}


def _compared(
    conn: Connection,
    county: str,
    alike: Since,
    proven: Mapping[bytes, list[Proof]],
    judged: Mapping[bytes, list[Shown]],
) -> Comparison:
    """Every household with evidence on either side, each once: what both have, and what counts before and after."""
    comparison = Comparison()
    shared: dict[bytes, dict[str, date]] = defaultdict(dict)
    for (household, risk), since in alike.items():
        shared[household][risk] = since
    kept: Counter[tuple[str, date]] = Counter()
    rows = conn.execute(
        "SELECT uuid_send(household_id), household_no, village_code FROM household WHERE county_code = %s",
        (county,),
        binary=True,
    )
    for household, number, village in rows.fetchall():
        own = shared.get(household, {})
        if household in proven or household in judged:
            before, after = shown_by(proven.get(household, ())), judged.get(household, ())
            comparison.add(village, number, _with(own, before), _with(own, after))
        else:
            kept.update((village, since) for since in own.values())
    for (village, since), count in kept.items():
        comparison.keep(village, since, count)
    return comparison


def _with(alike: Mapping[str, date], own: Iterable[Shown]) -> Iterable[Shown]:
    """What one side shows: its own, and what both have, from the earlier day on."""
    if not alike:
        return own
    found = {one.risk: one for one in own}
    for risk, since in alike.items():
        known = found.get(risk)
        found[risk] = Shown(risk, since if known is None else min(since, known.since), "", (), 0)
    return found.values()
