"""From area warnings to notices: for the officers who lead an area, not for those who visit families.

An event is told to the townships that lie in the area or hold it, and to the county. A warning that opens again is a new
event, and is told again; what changes in it, and its end, are on the page.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from fangpin.announcing import announce
from fangpin.areas import area_name
from fangpin.database import Connection
from fangpin.domain.feeds import FEEDS
from fangpin.sequences import Event


def tell(conn: Connection, events: Sequence[Event]) -> None:
    """Write the notices of county events, one an event and officer, and wake the pages of those who have one."""
    raised = [event for event in events if event["type"] == "AreaWarningRaised"]
    if not raised:
        return
    counties = sorted({event["county_code"] for event in raised})
    officers = conn.execute(
        "SELECT county, area, username FROM officer WHERE role IN ('township', 'county') AND county = ANY(%s)",
        (counties,),
    ).fetchall()
    now = datetime.now(UTC)
    rows = [
        (event["event_id"], username, area, event["area_warning_id"], event["area_code"], event["cause"],
         event["risk"], event["feed"], event["since"], now)
        for event in raised
        for county, area, username in officers
        if county == event["county_code"] and _touch(area, event["area_code"])
    ]  # fmt: skip
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO area_notice (event_id, username, area, area_warning_id, area_code, cause, risk, feed, since, told_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            rows,
        )
    announce(conn, {row[2] for row in rows})


def waiting(conn: Connection, county: str) -> set[str]:
    """The townships and the county of whose officers' notices some stand in no digest."""
    rows = conn.execute(
        "SELECT DISTINCT area FROM area_notice WHERE digest_day IS NULL AND starts_with(area, %s)", (county,)
    )
    return {row[0] for row in rows}


def digest_lines(
    conn: Connection, area: str, day: date, names: Mapping[str, str], risks: Mapping[str, str]
) -> list[str]:
    """What an area's digest of the day says of area warnings; they are marked as listed in it.

    Registers nobody renews are counted: a county may have them in a hundred villages on one day.
    """
    listed = conn.execute(
        "WITH listed AS (UPDATE area_notice SET digest_day = %s WHERE area = %s AND digest_day IS NULL "
        "RETURNING event_id, area_code, cause, risk, feed, since) SELECT DISTINCT * FROM listed ORDER BY since, event_id",
        (day, area),
    ).fetchall()
    lines = []
    for _, where, cause, risk, feed, since in listed:
        if cause == "cluster":
            lines.append(f"- {area_name(where, names)}：{risks.get(risk, risk)}预警集中，{since} 起的一周")
        elif cause == "event":
            lines.append(f"- {area_name(where, names)}：{FEEDS[feed].title}，自 {since} 起")
    stale = len({where for _, where, cause, *_ in listed if cause == "register"})
    return [*lines, f"- {stale} 个村的农户登记过期，请更新"] if stale else lines


def _touch(area: str, other: str) -> bool:
    return area.startswith(other) or other.startswith(area)
