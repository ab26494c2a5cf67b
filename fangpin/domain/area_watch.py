"""Area warnings: what is on watch in a county on a day, and what changed since the last time somebody looked.

Three causes: an `event` (a record about an area, from its first to its last day), a `cluster` (fangpin/domain/clusters.py),
a `register` that nobody has renewed. `reconcile` compares what should stand with what stands; the same facts and date
give the same state, whatever came first. An area warning opens no case: it says where to look.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Literal
from uuid import UUID, uuid5

import msgspec

from fangpin.domain.clusters import Cluster
from fangpin.domain.ids import county_id

Cause = Literal["event", "cluster", "register"]
Kind = Literal["AreaWarningRaised", "AreaWarningChanged", "AreaWarningClosed"]
STALE_AFTER = timedelta(days=180)  # docs/decisions/0033-area-warnings.md


class AreaWarning(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an area warning says. `since` and `until`: of an event its days, of a cluster its week; of a register that is
    stale, `since` is the day of its newest record. `expected`: households that the baseline let expect.
    """

    area_code: str
    cause: Cause
    subject: str  # what makes it this one in its area: a record's key, a risk, nothing
    since: date
    until: date | None = None
    risk: str | None = None
    households: int | None = None
    expected: float | None = None
    feed: str | None = None
    source: str | None = None
    record_id: str | None = None
    seal_subject: bytes = b""
    sealed: bytes = b""


class Watched(msgspec.Struct, omit_defaults=True):
    """An area warning as it was last told."""

    warning: AreaWarning
    open: bool = False


class Change(msgspec.Struct, frozen=True):
    """One event to come."""

    kind: Kind
    area_warning_id: UUID
    warning: AreaWarning
    reason: str | None = None


def area_warning_id(county_code: str, warning: AreaWarning) -> UUID:
    """One per area, cause and subject: it closes, and may open again."""
    return uuid5(county_id(county_code), f"area/{warning.area_code}/{warning.cause}/{warning.subject}")


def event_stands(event: AreaWarning, on: date | None) -> bool:
    """Whether the day lies in an event's days; without a clock nothing has ended."""
    return on is None or (event.since <= on and (event.until is None or on <= event.until))


def of_cluster(cluster: Cluster) -> AreaWarning:
    """The area warning of a cluster."""
    return AreaWarning(
        area_code=cluster.area_code,
        cause="cluster",
        subject=cluster.risk,
        since=cluster.week_from,
        until=cluster.week_until,
        risk=cluster.risk,
        households=cluster.households,
        expected=cluster.expected,
    )


def stale_registers(newest: Mapping[str, tuple[date, int]], on: date) -> Iterator[AreaWarning]:
    """The villages whose newest register record is too old; `newest`: by village, its day and how many households."""
    for village, (day, households) in newest.items():
        if on - day > STALE_AFTER:
            yield AreaWarning(village, "register", "", day, households=households)


def reconcile(
    county_code: str, watched: dict[UUID, Watched], standing: Iterable[AreaWarning], why: Mapping[UUID, str]
) -> list[Change]:
    """Bring what was told in line with what stands, and say what changed, by id. Changes `watched`.

    `why`: the reason for those that close by somebody's doing; the others are over.
    """
    wanted = {area_warning_id(county_code, one): one for one in standing}
    changes: list[Change] = []
    for identity in sorted(wanted.keys() | {key for key, one in watched.items() if one.open}):
        warning, told = wanted.get(identity), watched.get(identity)
        if warning is None:
            assert told is not None
            told.open = False
            changes.append(Change("AreaWarningClosed", identity, told.warning, why.get(identity, "over")))
        elif told is None or not told.open:
            watched[identity] = Watched(warning, open=True)
            changes.append(Change("AreaWarningRaised", identity, warning))
        elif told.warning != warning:
            told.warning = warning
            changes.append(Change("AreaWarningChanged", identity, warning))
    return changes
