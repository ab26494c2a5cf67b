"""From warning events to notices. The key of a notice is the event that it tells and the person: never two, also after a crash."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from consumers.notifier import areas
from fangpin import avro, sequences
from fangpin.announcing import announce
from fangpin.broker import Message
from fangpin.database import Connection
from fangpin.sequences import Event
from fangpin.topics import COUNTY_EVENTS, HOUSEHOLD_EVENTS


class Notifier:
    """The handler of household events and county events; stock raises no notice until something new is added to it."""

    name = "notifier"
    topics: Sequence[str] = (HOUSEHOLD_EVENTS, COUNTY_EVENTS)

    def recover(self, conn: Connection) -> bool:
        """Nothing follows a commit here."""
        return False

    def process(self, conn: Connection, messages: Sequence[Message]) -> None:
        """Write the notices of the batch."""
        events = sequences.fresh(conn, self.name, [avro.decode(message.value)[1] for message in messages])
        areas.tell(conn, events)
        grown = [event["warning_id"] for event in events if event["type"] == "WarningGrew" and not event["stock"]]
        news = telling(events, _told(conn, grown))
        gone_up = [event for event in events if event["type"] == "WarningEscalated" and event["level"] != "none"]
        villages = {event["village_code"] for event in (*news, *gone_up)}
        if not villages:
            return
        officers = _officers(conn, villages)
        now = datetime.now(UTC)
        with conn.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO notice (event_id, username, warning_id, village_code, risk, since, due_on, level, told_at) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                [
                    (
                        event["event_id"],
                        username,
                        event["warning_id"],
                        event["village_code"],
                        event["risk"],
                        event.get("since", event["valid_on"]),
                        event["due_on"],
                        event.get("level"),
                        now,
                    )
                    for event in (*news, *gone_up)
                    for username, role in officers[event["village_code"]]
                    if event.get("level") in (None, role)
                ],
            )
        announce(conn, officers)


def _officers(conn: Connection, villages: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """Per village, those who visit its families and those who lead them, with their role: what goes up is for one alone."""
    above = {village[:width] for village in villages for width in (6, 9, 12)}
    rows = conn.execute(
        "SELECT area, username, role FROM officer WHERE role IN ('village', 'township', 'county') AND area = ANY(%s)",
        (list(above),),
    ).fetchall()
    return {
        village: [(username, role) for area, username, role in rows if village.startswith(area)] for village in villages
    }


def telling(events: Sequence[Event], told: Collection[str]) -> list[Event]:
    """The events that somebody is told of: every raising that is not stock, and the growth of a warning that nobody was
    told of, because it was stock until then. `told` are the warnings that have a notice already.
    """
    known = set(told)
    news = []
    for event in events:
        if event["type"] not in ("WarningRaised", "WarningGrew") or event["stock"]:
            continue
        if event["type"] == "WarningRaised" or event["warning_id"] not in known:
            news.append(event)
            known.add(event["warning_id"])
    return news


def _told(conn: Connection, warnings: list[str]) -> set[str]:
    if not warnings:
        return set()
    rows = conn.execute(
        "SELECT DISTINCT warning_id::text FROM notice WHERE level IS NULL AND warning_id = ANY(%s::uuid[])", (warnings,)
    )
    return {row[0] for row in rows}
