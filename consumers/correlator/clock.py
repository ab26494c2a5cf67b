"""The county's civil date: its highest active clock record."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from consumers.correlator.arrivals import Arrival
from consumers.correlator.batch import Batch
from consumers.correlator.signals import Judged
from fangpin.domain.errors import Problem
from fangpin.domain.feeds.clock import LONGEST_STEP


def jumps(batch: Batch, arrivals: Iterable[Arrival]) -> Iterator[tuple[Arrival, Problem]]:
    """The clock records that are not taken: jumps of more than `LONGEST_STEP` that nobody confirmed.

    Each is judged against the highest date that the county has had when it comes, in this batch or before.
    """
    dates = dict(batch.civil_dates)
    for one in arrivals:
        record = one.record
        if one.feed.role != "clock" or record.withdrawn:
            continue
        county, day = record.county_code, record.occurred_on
        before = dates.get(county)
        if before is not None and day - before > LONGEST_STEP and record.fields["confirmed"] is not True:
            yield (
                one,
                Problem(
                    "CLOCK_JUMP",
                    "date",
                    f"日期从 {before} 跳到 {day}，超过{LONGEST_STEP.days}天，须加 confirmed 确认。",
                ),
            )
        elif before is None or day > before:
            dates[county] = day


def apply(batch: Batch, judged: Sequence[Judged]) -> dict[str, date | None]:
    """Move the counties' dates; returns the dates that those counties had before."""
    before: dict[str, date | None] = {}
    for one in judged:
        record = one.arrival.record
        county = record.county_code
        before.setdefault(county, batch.civil_dates.get(county))
        held = batch.civil_dates.get(county)
        if one.before is not None or record.withdrawn:
            batch.civil_dates[county] = _highest(batch, county, judged)
        elif held is None or record.occurred_on > held:
            batch.civil_dates[county] = record.occurred_on
    for county in before:
        batch.conn.execute(
            "UPDATE county SET civil_date = %s WHERE county_code = %s", (batch.civil_dates[county], county)
        )
    return before


def _highest(batch: Batch, county: str, judged: Sequence[Judged]) -> date | None:
    """Computed anew after a withdrawal or correction: the stored ones that still hold, and those of this batch."""
    replaced = [one.arrival.record_key for one in judged]
    row = batch.conn.execute(
        "SELECT max(occurred_on) FROM signal WHERE feed = 'clock' AND county_code = %s AND is_current AND NOT withdrawn "
        "AND record_key <> ALL(%b)",
        (county, replaced),
    ).fetchone()
    days = [
        one.arrival.record.occurred_on
        for one in judged
        if one.is_current and not one.arrival.record.withdrawn and one.arrival.record.county_code == county
    ]
    if row is not None and row[0] is not None:
        days.append(row[0])
    return max(days, default=None)
