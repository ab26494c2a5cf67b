"""The handler of one version of one read model, for the consumer loop."""

import time
from collections.abc import Callable, Collection, Sequence

from fangpin import avro, metrics, sequences
from fangpin.announcing import announce, villages_of
from fangpin.broker import Message
from fangpin.database import Connection
from fangpin.errors import FencedError
from fangpin.sequences import Event
from fangpin.topics import COUNTY_EVENTS, HOUSEHOLD_EVENTS
from projections import versions
from projections.base import Projection, Tables

SEQUENCED = (HOUSEHOLD_EVENTS, COUNTY_EVENTS)
Progress = Callable[[int], None]


class ProjectionHandler:
    """Folds events into the tables of one version. A live one gives way when another version becomes live, and wakes the
    pages of the villages whose households a batch is about.

    `progress` is told how many records each committed batch had.
    """

    def __init__(self, projection: Projection, version: int, *, live: bool, progress: Progress | None = None) -> None:
        self.projection = projection
        self.version = version
        self.name = versions.consumer_name(projection, version)
        self.topics: Sequence[str] = (projection.topic,)
        self._live = live
        self._progress = progress

    def recover(self, conn: Connection) -> bool:
        """Nothing follows a commit here, and none need wait for the disk: a crash of PostgreSQL takes the rows of its last
        moments together with their checkpoints and positions, and the log has the events still.
        """
        conn.execute("SET synchronous_commit TO off")
        return False

    def process(self, conn: Connection, messages: Sequence[Message]) -> Callable[[], None] | None:
        """Fold what is new, and remember how far each stream was seen."""
        if self._live and versions.live_version(conn, self.projection) != self.version:
            raise FencedError(f"{self.name} is no longer the live version")
        told = self._live and self.projection.topic == HOUSEHOLD_EVENTS
        events: list[Event] = [avro.decode(message.value)[1] for message in messages]
        if self.projection.topic in SEQUENCED:
            events = sequences.fresh(conn, self.name, events)
        households = {event["household_id"] for event in events} if told else set()
        left = self._places(conn, households)
        if events:
            self.projection.fold(conn, Tables(self.version), events)
        if self._live and self.projection.topic == COUNTY_EVENTS:
            announce(conn, {event.get("area") or event["county_code"] for event in events})
        if households:
            announce(conn, left | villages_of(conn, households))
        if self._live:
            oldest = min(message.timestamp for message in messages) / 1000
            return lambda: metrics.VISIBLE_SECONDS.labels(self.projection.name).observe(max(0.0, time.time() - oldest))
        progress = self._progress
        return None if progress is None else lambda: progress(len(messages))

    def _places(self, conn: Connection, households: Collection[str]) -> set[str]:
        """The villages under which pages list these households before the batch: one that moves leaves a page too."""
        table = self.projection.places
        if table is None or not households:
            return set()
        rows = conn.execute(
            f"SELECT DISTINCT village_code FROM {Tables(self.version)[table]} WHERE household_id = ANY(%s::uuid[])",
            (list(households),),
        )
        return {row[0] for row in rows}
