"""The handler of one version of one read model, for the consumer loop."""

import time
from collections.abc import Callable, Sequence

from fangpin import avro, metrics, sequences
from fangpin.broker import Message
from fangpin.database import Connection
from fangpin.errors import FencedError
from fangpin.topics import HOUSEHOLD_EVENTS
from projections import versions
from projections.base import Event, Projection, Tables

CHANNEL = "fangpin_warnings"
Progress = Callable[[int], None]


def consumer_name(projection: Projection, version: int) -> str:
    """The name under which a version keeps its checkpoints."""
    return f"projection.{projection.name}.v{version}"


class ProjectionHandler:
    """Folds events into the tables of one version. A live one gives way when another version becomes live.

    `progress` is told how many records each committed batch had.
    """

    def __init__(self, projection: Projection, version: int, *, live: bool, progress: Progress | None = None) -> None:
        self.projection = projection
        self.version = version
        self.name = consumer_name(projection, version)
        self.topics: Sequence[str] = (projection.topic,)
        self._live = live
        self._progress = progress

    def recover(self, conn: Connection) -> None:
        """Nothing follows a commit here."""

    def process(self, conn: Connection, messages: Sequence[Message]) -> Callable[[], None] | None:
        """Fold what is new, and remember how far each household's stream was seen."""
        if self._live and versions.live_version(conn, self.projection) != self.version:
            raise FencedError(f"{self.name} is no longer the live version")
        events: list[Event] = [avro.decode(message.value)[1] for message in messages]
        if self.projection.topic == HOUSEHOLD_EVENTS:
            events = sequences.fresh(conn, self.name, events)
        if events:
            self.projection.fold(conn, Tables(self.version), events)
        if self._live:
            self._tell(conn, events)
            oldest = min(message.timestamp for message in messages) / 1000
            return lambda: metrics.VISIBLE_SECONDS.labels(self.projection.name).observe(max(0.0, time.time() - oldest))
        progress = self._progress
        return None if progress is None else lambda: progress(len(messages))

    def _tell(self, conn: Connection, events: Sequence[Event]) -> None:
        """Wake pages that show these counties, when the transaction commits. The payload is the county's code."""
        if self.projection.name == "village_inbox":
            shown = {
                event["county_code"] for event in events if event["type"].startswith(("Warning", "Finding", "House"))
            }
            for county in sorted(shown):
                conn.execute("SELECT pg_notify(%s, %s)", (CHANNEL, county))
