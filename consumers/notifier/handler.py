"""From warning events to notices. The key of a notice is the raising event and the person: never two, also after a crash."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fangpin import avro
from fangpin.database import Connection
from fangpin.kafka import Message
from fangpin.topics import HOUSEHOLD_EVENTS


class Notifier:
    """The handler of household events; stock raises none until something new is added to it."""

    name = "notifier"
    topics: Sequence[str] = (HOUSEHOLD_EVENTS,)

    def recover(self, conn: Connection) -> None:
        """Nothing follows a commit here."""

    def process(self, conn: Connection, messages: Sequence[Message]) -> None:
        """Write the notices of the batch."""
        events = [avro.decode(message.value) for message in messages]
        telling = [event for kind, event in events if kind == "event.WarningRaised" and not event["stock"]]
        grown = [event for kind, event in events if kind == "event.WarningGrew" and not event["stock"]]
        telling.extend(self._first_news(conn, grown))
        if not telling:
            return
        villages = list({event["village_code"] for event in telling})
        rows = conn.execute("SELECT area, username FROM officer WHERE role = 'village' AND area = ANY(%s)", (villages,))
        officers: dict[str, list[str]] = {}
        for area, username in rows:
            officers.setdefault(area, []).append(username)
        now = datetime.now(UTC)
        notices = [
            (
                event["event_id"],
                username,
                event["warning_id"],
                event["village_code"],
                event["risk"],
                event["since"],
                event["due_on"],
                now,
            )
            for event in telling
            for username in officers.get(event["village_code"], ())
        ]
        with conn.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO notice (event_id, username, warning_id, village_code, risk, since, due_on, told_at) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                notices,
            )

    @staticmethod
    def _first_news(conn: Connection, grown: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A warning that was stock until now was told to nobody; the event that ends that is its raising one."""
        if not grown:
            return []
        wanted = list({event["warning_id"] for event in grown})
        told = {
            str(row[0])
            for row in conn.execute("SELECT warning_id FROM notice WHERE warning_id = ANY(%s::uuid[])", (wanted,))
        }
        first: dict[str, dict[str, Any]] = {}
        for event in grown:
            stock_before = any(one["recorded_at"] < event["recorded_at"] for one in event["evidence"])
            if event["warning_id"] not in told and stock_before:
                first.setdefault(event["warning_id"], event)
        return list(first.values())
