"""The records of which two books may say different things, found in the columns of the county's facts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import polars as pl

from fangpin.database import Connection
from fangpin.domain.feeds import FEEDS
from fangpin.vault import Vault
from services.sandbox.evidence import Proof
from services.sandbox.facts import LISTS, facts, reached, told
from services.sandbox.plan import Plan
from services.sandbox.screening import differing

Report = Callable[[int, int | None], None]  # done, of how many where that is known


def silent(_done: int, _all: int | None) -> None:
    """For whoever does not watch."""


class Differing(NamedTuple):
    """A fact of which the books may say different things."""

    feed: str
    household: bytes
    day: date
    fields: dict[str, object]


@dataclass(slots=True)
class Looked:
    """What opened, by feed; how many records were looked at; of which, by key, the books may say different things."""

    held: dict[str, int] = field(default_factory=dict)
    records: int = 0
    differing: dict[bytes, Differing] = field(default_factory=dict)

    def leave_out(self, late: Iterable[tuple[str, bytes, date]]) -> None:
        """Forget the records of a feed and household from a day on: they come too late to matter."""
        ends = {(feed, household): day for feed, household, day in late}
        self.differing = {
            key: one
            for key, one in self.differing.items()
            if (end := ends.get((one.feed, one.household))) is None or one.day < end
        }


def look(conn: Connection, vault: Vault, county: str, plan: Plan, proven: Iterable[Proof], report: Report) -> Looked:
    """Look at what has to be: not at what only a tighter line could drop and no line holds now."""
    looked = Looked()
    if not plan.opened:
        return looked
    _, tail = told(conn, vault, county, reached(conn, county))
    for slug, day in plan.opened.items():
        feed = FEEDS[slug]
        found = facts(conn, vault, county, feed, tail).filter(pl.col("day") >= day)
        if found.height:
            looked.held[slug] = found.height
        if slug in plan.narrowed:
            held = [one.record_key for one in proven if one.feed == slug]
            found = found.join(pl.DataFrame({"key": held}, schema={"key": pl.Binary}), on="key", how="semi")
        looked.records += found.height
        report(looked.records, None)
        may_differ, differs = differing(feed, plan.asked[slug])
        lists = [field.name for field in feed.fields if field.kind in LISTS]
        for row in found.filter(may_differ).iter_rows(named=True):
            fields = row | {name: tuple(row[name]) for name in lists if row[name] is not None}
            if differs is None or differs(fields):
                looked.differing[row["key"]] = Differing(slug, row["household"], row["day"], fields)
    return looked
