"""An officer's notices: what the notifier wrote for them, read or not."""

from typing import Any
from uuid import UUID

from fangpin.database import Connection
from fangpin.ports import Account
from services.frame.labels import risk_labels
from services.frame.rendering import Frame
from services.inbox import areas, reading
from services.inbox.cards import moment

MOST = 100


def notices(frame: Frame, conn: Connection, account: Account) -> list[dict[str, Any]]:
    """The latest of the officer's, unread ones first, with the warnings they are about as those stand now."""
    rows = conn.execute(
        "SELECT n.event_id, n.warning_id, n.risk, n.since, n.due_on, n.told_at, n.read_at IS NOT NULL, n.level, "
        "w.household_id, w.household_no, w.county_code, w.pack, w.status, w.village_code FROM notice n "
        "JOIN inbox_warning w USING (warning_id) WHERE n.username = %s AND w.village_code LIKE %s "
        "ORDER BY n.read_at IS NOT NULL, n.told_at DESC, n.event_id LIMIT %s",
        (account.name, account.area + "%", MOST),
    ).fetchall()
    heads = reading.heads(conn, {row[8] for row in rows}, reading.Opener(conn, frame.deps.vault))
    return [
        {
            "event_id": str(event),
            "warning_id": str(warning),
            "risk_label": risk_labels(frame.deps.book, county, pack)[risk],
            "since": since,
            "due_on": due_on,
            "told_at": moment(told_at),
            "read": read,
            "level": level,
            "head": heads.get(household),
            "household_no": household_no,
            "status": status,
            "village": frame.place(village) if village != account.area else None,
        }
        for event, warning, risk, since, due_on, told_at, read, level, household, household_no, county, pack, status, village in rows
    ]


def area_notices(frame: Frame, conn: Connection, account: Account) -> list[dict[str, Any]]:
    """The latest about areas, unread ones first, each with the area warning as it stands now."""
    rows = conn.execute(
        "SELECT event_id, area_warning_id, told_at, read_at IS NOT NULL FROM area_notice "
        "JOIN area_warning USING (area_warning_id) WHERE username = %s AND area LIKE %s "
        "ORDER BY read_at IS NOT NULL, told_at DESC, event_id LIMIT %s",
        (account.name, account.area + "%", MOST),
    ).fetchall()
    standing = areas.area_warnings_of(conn, account, {row[1] for row in rows})
    return [
        {"event_id": str(event), "told_at": moment(told_at), "read": read, **areas.line(frame, standing[identity])}
        for event, identity, told_at, read in rows
        if identity in standing
    ]


def mark_read(conn: Connection, account: Account, *, warning: UUID | None = None, event: UUID | None = None) -> None:
    """Mark the officer's own notices as read: those of a warning (a household's or an area's), that of an event, or all."""
    for table, about in (("notice", "warning_id"), ("area_notice", "area_warning_id")):
        conn.execute(
            f"UPDATE {table} SET read_at = now() WHERE username = %s AND read_at IS NULL "
            f"AND (%s::uuid IS NULL OR {about} = %s) AND (%s::uuid IS NULL OR event_id = %s)",
            (account.name, warning, warning, event, event),
        )
