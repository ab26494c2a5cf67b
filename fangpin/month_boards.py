"""A county's month board from its packs and the read model `month_board`, for pages, the command line and reminders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fangpin.database import Connection
from fangpin.domain.calendar import months_after
from fangpin.domain.policy import Pack
from fangpin.domain.policy.feed_calendar import feed_calendar
from fangpin.domain.policy.month_board import Board, Delivery, NilReturn, Owner, month_board
from fangpin.domain.working_days import WorkingDays


@dataclass(frozen=True, slots=True)
class Clock:
    """A county's civil date as the board knows it, and the earliest that it ever was: the hub saw nothing before."""

    today: date | None
    since: date | None


def is_folded(conn: Connection) -> bool:
    """Whether the read model is there: a projector has run."""
    row = conn.execute("SELECT to_regclass('board_delivery'), to_regclass('inbox_household')").fetchone()
    return row is not None and None not in row


def clock(conn: Connection, county_code: str) -> Clock:
    """The county's clock; without a date while the read model knows none."""
    row = conn.execute("SELECT today, since FROM board_clock WHERE county_code = %s", (county_code,)).fetchone()
    return Clock(*row) if row is not None else Clock(None, None)


def read_board(
    conn: Connection, packs: Iterable[Pack], county_code: str, first: date, today: date | None, table: WorkingDays
) -> Board:
    """The board of the month that begins on `first`."""
    last = months_after(first, 1) - timedelta(days=1)
    owed = feed_calendar(packs, county_code, first, last)
    begin = min((one.period[0] for one in owed if one.period is not None), default=first)
    end = max((one.period[1] for one in owed if one.period is not None), default=last)
    rows = conn.execute(
        "SELECT department, area, feed, day, month, named, baseline, earliest, records FROM board_delivery "
        "WHERE county_code = %s AND (month BETWEEN %s AND %s OR day BETWEEN %s AND %s) ORDER BY day, month",
        (county_code, f"{begin:%Y-%m}", f"{end:%Y-%m}", begin, end),
    )
    deliveries = [Delivery(Owner(department, area or None), *rest) for department, area, *rest in rows]
    rows = conn.execute(
        "SELECT department, area, of_feed, month, day FROM board_nil WHERE county_code = %s AND month BETWEEN %s AND %s",
        (county_code, f"{begin:%Y-%m}", f"{end:%Y-%m}"),
    )
    nils = [NilReturn(Owner(department, area or None), *rest) for department, area, *rest in rows]
    said = {one.owner.area for one in deliveries} | {nil.owner.area for nil in nils}
    villages = sorted({*registered_villages(conn, county_code), *(area for area in said if area and len(area) == 12)})
    townships = sorted({village[:9] for village in villages} | {area for area in said if area and len(area) == 9})
    areas: dict[str, Sequence[str]] = {"village": villages, "township": townships}
    return month_board(owed, f"{first:%Y-%m}", areas, deliveries, nils, today, table)


def register_days(conn: Connection, county_code: str, area: str) -> list[tuple[str, date]]:
    """When the register of each village in the area was last reported, by village."""
    return conn.execute(
        "SELECT village_code, renewed_on FROM village_register WHERE county_code = %s AND starts_with(village_code, %s) "
        "ORDER BY 1",
        (county_code, area),
    ).fetchall()


def registered_villages(conn: Connection, county_code: str) -> list[str]:
    """The villages in which households are registered, each found by one step in the index."""
    rows = conn.execute(
        "WITH RECURSIVE found (code) AS ("
        "SELECT min(village_code) FROM inbox_household WHERE village_code > %(county)s "
        "UNION ALL SELECT (SELECT min(village_code) FROM inbox_household WHERE village_code > found.code) FROM found "
        "WHERE starts_with(found.code, %(county)s)) SELECT code FROM found WHERE starts_with(code, %(county)s)",
        {"county": county_code},
    )
    return [row[0] for row in rows]
