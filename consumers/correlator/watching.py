"""The watch over areas: looked at when a county's date moves, or a record about an area comes."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from consumers.correlator.batch import Batch
from consumers.correlator.signals import Judged
from fangpin.domain import clusters
from fangpin.domain.area_watch import (
    AreaWarning,
    Change,
    Watched,
    area_warning_id,
    event_stands,
    of_cluster,
    reconcile,
    stale_registers,
)
from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.clusters import Sighting
from fangpin.domain.episodes import STATUS_OF_RESULT
from fangpin.domain.register import village_within

NOT_SO = [result for result, status in STATUS_OF_RESULT.items() if status == "dismissed"]


def watch(batch: Batch, moved: Mapping[str, date | None], records: Sequence[Judged]) -> None:
    """Tell what changed in the areas of these counties. After the warnings of the batch are written.

    `moved`: counties with a clock record, and their dates before; `records`: those about areas that now hold.
    """
    by_county: dict[str, list[Judged]] = {}
    for one in records:
        if one.arrival.feed.area_field is not None:
            by_county.setdefault(one.arrival.record.county_code, []).append(one)
    ticked = {county for county, before in moved.items() if batch.civil_dates[county] != before}
    for county in sorted(ticked | by_county.keys()):
        _County(batch, county).look(by_county.get(county, ()), ticked=county in ticked)


def renew(batch: Batch, registers: Sequence[Judged]) -> None:
    """Remember when each village's register was last reported; a list that was sent again unchanged renews it too."""
    days: dict[tuple[str, str], date] = {}
    for one in registers:
        record = one.arrival.record
        if not record.withdrawn:
            village = village_within(record.county_code, str(record.fields["village_code"]))
            place = (village, record.county_code)
            day = record.reported_at.astimezone(SHANGHAI).date()
            days[place] = max(day, days.get(place, day))
    if days:
        batch.conn.execute(
            "INSERT INTO village_register AS v (village_code, county_code, renewed_on) SELECT * FROM "
            "unnest(%b::text[], %b::text[], %b::date[]) ON CONFLICT (village_code, county_code) DO UPDATE SET "
            "renewed_on = greatest(v.renewed_on, EXCLUDED.renewed_on)",
            [[village for village, _ in days], [county for _, county in days], list(days.values())],
        )


class _County:
    def __init__(self, batch: Batch, county: str) -> None:
        self._batch = batch
        self._county = county
        self._on = batch.civil_dates.get(county)
        rows = batch.conn.execute(
            "SELECT area_warning_id, state::text, stands FROM watched_area WHERE county_code = %s", (county,)
        ).fetchall()
        self._watched: dict[UUID, Watched] = {row[0]: msgspec.json.decode(row[1], type=Watched) for row in rows}
        self._events: dict[UUID, AreaWarning] = {
            row[0]: self._watched[row[0]].warning
            for row in rows
            if row[2] and self._watched[row[0]].warning.cause == "event"
        }

    def look(self, records: Sequence[Judged], *, ticked: bool) -> None:
        """`ticked`: the date is another one, so that clusters and registers are counted anew; else they stay as told."""
        touched: set[UUID] = set()
        why: dict[UUID, str] = {}
        for one in records:
            touched |= self._take(one, why)
        standing = [event for event in self._events.values() if event_stands(event, self._on)]
        if ticked and self._on is not None:
            standing += map(of_cluster, clusters.clusters(self._sightings(self._on), self._registered(), self._on))
            standing += stale_registers(self._newest(), self._on)
        else:
            standing += [one.warning for one in self._watched.values() if one.open and one.warning.cause != "event"]
        changes = reconcile(self._county, self._watched, standing, why)
        for change in changes:
            self._tell(change)
        self._write(touched | {change.area_warning_id for change in changes})

    def _take(self, one: Judged, why: dict[UUID, str]) -> set[UUID]:
        """A record about an area: the event as it now is, in place of the one before; returns what it touched."""
        record, key = one.arrival.record, str(one.arrival.record_key)
        before = [identity for identity, event in self._events.items() if event.subject == key]
        for identity in before:
            del self._events[identity]
            why[identity] = "withdrawn" if record.withdrawn else "corrected"
        if record.withdrawn:
            return set(before)
        field, until = one.arrival.feed.area_field, record.fields.get("until")
        assert field is not None
        event = AreaWarning(
            area_code=str(record.fields[field]),
            cause="event",
            subject=key,
            since=record.occurred_on,
            until=until if isinstance(until, date) else None,
            risk=one.arrival.feed.risk,
            feed=record.feed,
            source=one.arrival.source,
            record_id=record.record_id,
            seal_subject=one.seal_subject,
            sealed=one.sealed,
        )
        identity = area_warning_id(self._county, event)
        self._events[identity] = event
        self._watched.setdefault(identity, Watched(event))
        if not self._watched[identity].open:
            self._watched[identity].warning = event
        return {*before, identity}

    def _sightings(self, on: date) -> list[Sighting]:
        """Warnings as they stand, but stock, and what a village found not to be so."""
        rows = self._batch.conn.execute(
            "SELECT village_code, risk, since, count(*) FROM (SELECT h.village_code, r.risk, "
            "(r.state #>> '{episodes,-1,since}')::date AS since FROM risk_state r JOIN household h USING (household_id) "
            "WHERE r.county_code = %s AND h.active AND (r.state #>> '{episodes,-1,raised}')::boolean "
            "AND (r.state #>> '{episodes,-1,stock}')::boolean IS NOT TRUE "
            "AND coalesce(r.state #>> '{episodes,-1,findings,-1,1}', '') <> ALL(%s)) AS own "
            "WHERE since BETWEEN %s AND %s GROUP BY 1, 2, 3",
            (self._county, NOT_SO, clusters.earliest(on), on),
        )
        return [Sighting(*row) for row in rows]

    def _registered(self) -> dict[str, int]:
        rows = self._batch.conn.execute(
            "SELECT village_code, count(*) FROM household WHERE county_code = %s AND active GROUP BY 1", (self._county,)
        )
        return dict(rows.fetchall())

    def _newest(self) -> dict[str, tuple[date, int]]:
        rows = self._batch.conn.execute(
            "SELECT v.village_code, v.renewed_on, count(*) FROM village_register v JOIN household h USING (village_code) "
            "WHERE v.county_code = %s AND h.county_code = v.county_code AND h.active GROUP BY 1, 2",
            (self._county,),
        )
        return {village: (day, count) for village, day, count in rows}

    def _tell(self, change: Change) -> None:
        one = change.warning
        self._batch.outbox.county_event(
            self._county,
            change.kind,
            self._on or one.since,
            area_warning_id=str(change.area_warning_id),
            area_code=one.area_code,
            cause=one.cause,
            since=one.since,
            until=one.until,
            risk=one.risk,
            households=one.households,
            expected=one.expected,
            feed=one.feed,
            source=one.source,
            record_id=one.record_id,
            reason=change.reason,
            seal_subject=one.seal_subject,
            sealed=one.sealed or None,
        )

    def _write(self, touched: set[UUID]) -> None:
        rows = [
            (
                identity,
                self._county,
                identity in self._events,
                msgspec.json.encode(self._watched[identity]).decode(),
            )
            for identity in sorted(touched)
        ]
        if rows:
            self._batch.conn.execute(
                "INSERT INTO watched_area (area_warning_id, county_code, stands, state) SELECT * FROM "
                "unnest(%b::uuid[], %b::text[], %b::bool[], %b::jsonb[]) ON CONFLICT (area_warning_id) DO UPDATE SET "
                "stands = EXCLUDED.stands, state = EXCLUDED.state",
                [list(column) for column in zip(*rows, strict=True)],
            )
