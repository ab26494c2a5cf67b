"""poll → batch → commit. A batch is one PostgreSQL transaction that also moves its guarded checkpoints.

The loop owns no policy of records: the handler quarantines poison itself. The class of an error decides what happens:
transient → reconnect, wait with jitter, go on from the checkpoint; fenced → the same without a wait; fatal → raised.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Protocol

import psycopg
import structlog

from consumers.runtime.retry import Retry
from consumers.runtime.sessions import LOST_CONNECTION, end_frozen, worker_connection
from fangpin import checkpoints, metrics
from fangpin.broker import Broker, Consumer, Message, Place
from fangpin.database import Connection
from fangpin.errors import FencedError, TransientError
from fangpin.heartbeats import Heartbeat

AfterCommit = Callable[[], None]
_PLACE = attrgetter("topic", "partition")
_TIMESTAMP = attrgetter("timestamp")
log = structlog.get_logger()
NEVER = 1 << 62  # above every offset: nothing of a partition that is not ours
# So long a member may have no partitions before the group is asked whether it knows of it. kafka-python has been seen to
# wait for good for an answer that a broker owed it, of a member that was expelled while PostgreSQL was frozen.
UNKNOWN_S = 20.0
POLL_S = 0.5  # how soon a drain is noticed while nothing comes
IDLE_S = 60.0  # how often, while nothing comes, it is looked for what others left, and for offsets without a record


class Handler(Protocol):
    """What a consumer does with a batch."""

    name: str
    topics: Sequence[str]

    def process(self, conn: Connection, messages: Sequence[Message]) -> AfterCommit | None:
        """Write what follows from the messages; what it returns runs after the commit, before the next poll."""

    def recover(self, conn: Connection) -> bool:
        """Finish what a crash, here or elsewhere, left between a commit and its `AfterCommit`; whether there is more of it.

        Called at each (re)start, when partitions were given, and while nothing comes: each minute, at once where there
        is more.
        """


class Loop:
    """Runs a handler until told to stop, or until it has read up to `ends`, and nothing behind them.

    `part` is the name under which it gives signs of life. `pace_s`: a batch begins at the earliest so long after the one
    before, so that records that come one by one do not each cost a transaction.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        broker: Broker,
        database_url: str,
        group: str | None,
        max_records: int = 5000,
        ends: Mapping[Place, int] | None = None,
        part: str | None = None,
        pace_s: float = 0.0,
    ) -> None:
        self._handler = handler
        self._broker = broker
        self._database_url = database_url
        self._group = group
        self._max_records = max_records
        self._ends = ends
        self._pace_s = pace_s
        self._heartbeat = None if part is None else Heartbeat(part)
        self._stop = threading.Event()
        self._positions: dict[Place, int] = {}
        self._asked_at = 0.0
        self._looked_at = 0.0
        self._more = False
        self._held_up = False

    def stop(self) -> None:
        """Ask for a drain: the batch in hand is finished and committed, then the loop ends."""
        self._stop.set()

    def run(self, *, stop_when_fenced: bool = False) -> None:
        """Returns after `stop`. Raises `FatalError`, and what the handler could not foresee; `FencedError` when asked."""
        retry = Retry()
        while not self._stop.is_set():
            try:
                if self._held_up:
                    end_frozen(self._database_url)
                self._session(retry)
                return
            except FencedError as error:
                if stop_when_fenced:
                    raise
                metrics.RETRIES.labels(self._handler.name, "fenced").inc()
                log.warning("fenced", consumer=self._handler.name, reason=str(error))
            except (TransientError, *LOST_CONNECTION) as error:
                metrics.RETRIES.labels(self._handler.name, "transient").inc()
                self._held_up = isinstance(error, psycopg.errors.LockNotAvailable)
                wait = retry.next_wait()
                log.warning("retry", consumer=self._handler.name, wait_s=round(wait, 2), reason=str(error)[:300])
                self._stop.wait(wait)

    def _session(self, retry: Retry) -> None:
        """One life of the connections: until a stop or an error."""
        conn = worker_connection(self._database_url)
        try:
            member = None if self._heartbeat is None else self._heartbeat.name(conn)
            self._recover(conn)
            consumer = self._broker.consumer(
                self._handler.topics, self._group, max_records=self._max_records, member=member
            )
            try:
                self._positions = {}
                self._asked_at = self._looked_at = time.monotonic()
                while not self._stop.is_set() and not self._at_ends():
                    self._see_to_membership(member)
                    messages = consumer.poll(POLL_S)
                    if consumer.take_change():
                        self._position(conn, consumer)
                        continue  # what came is from before; nor is this a sign of life
                    if messages:
                        began = time.monotonic()
                        self._batch(conn, messages)
                        retry.reset()
                        self._stop.wait(max(0.0, began + self._pace_s - time.monotonic()))
                    elif self._more or time.monotonic() - self._looked_at >= IDLE_S:
                        self._looked_at = time.monotonic()
                        self._recover(conn)
                        self._pass_marks(conn, consumer)
                    if self._heartbeat is not None:
                        self._heartbeat.beat(conn)
                if self._heartbeat is not None:
                    self._heartbeat.end(conn)
            finally:
                consumer.close()
        finally:
            conn.close()

    def _recover(self, conn: Connection) -> None:
        self._more = self._handler.recover(conn)
        conn.commit()

    def _see_to_membership(self, member: str | None) -> None:
        """Raises `TransientError` when this member has waited for partitions and its group does not know of it."""
        now = time.monotonic()
        if self._positions or self._group is None or member is None:
            self._asked_at = now
        elif now - self._asked_at > UNKNOWN_S:
            self._asked_at = now
            admin = self._broker.admin()
            try:
                known = admin.members(self._group)
            finally:
                admin.close()
            if member not in known:
                raise TransientError(f"the group {self._group} does not know of {member}")

    def _pass_marks(self, conn: Connection, consumer: Consumer) -> None:
        """Move the checkpoints behind what is never given to us (the marks of transactions): when it expires it is not lost."""
        if self._ends is not None:
            return
        moves = {
            place: (self._positions[place], offset)
            for place, offset in consumer.reached().items()
            if offset > self._positions.get(place, NEVER)
        }
        if moves:
            checkpoints.advance(conn, self._handler.name, moves)
            conn.commit()
            self._positions.update({place: offset for place, (_, offset) in moves.items()})

    def _position(self, conn: Connection, consumer: Consumer) -> None:
        """Set every assigned partition to its checkpoint; a partition without one begins at its log's start."""
        places = consumer.assignment()
        starts = consumer.log_starts(places)
        admin = self._broker.admin()
        try:
            topic_ids = admin.topic_ids()
        finally:
            admin.close()
        known = checkpoints.load(conn, self._handler.name, places)
        for place in places - known.keys():
            checkpoints.create(conn, self._handler.name, place, topic_ids[place[0]], starts[place])
        conn.commit()
        known = checkpoints.load(conn, self._handler.name, places)
        conn.commit()
        ends = consumer.log_ends(places)
        for place, checkpoint in known.items():
            checkpoints.check(place, checkpoint, topic_ids[place[0]], starts[place], ends[place])
            consumer.seek(place, checkpoint.next_offset)
        self._positions = {place: checkpoint.next_offset for place, checkpoint in known.items()}
        self._recover(conn)  # the worker that had them may have committed what it then could not publish
        log.info("assigned", consumer=self._handler.name, partitions=len(places))

    def _batch(self, conn: Connection, messages: Sequence[Message]) -> None:
        started = time.perf_counter()
        own: list[Message] = []
        moves: dict[Place, tuple[int, int]] = {}
        for place, run in groupby(messages, _PLACE):
            wanted = self._wanted(place, run)
            if wanted:
                own += wanted
                moves[place] = (self._positions[place], wanted[-1].offset + 1)
        if not own:
            return
        try:
            checkpoints.advance(conn, self._handler.name, moves)
            after = self._handler.process(conn, own)
            conn.commit()
        except BaseException:
            if not conn.closed:
                conn.rollback()
            raise
        for place, (_, new) in moves.items():
            self._positions[place] = new
        if after is not None:
            after()
        seconds = time.perf_counter() - started
        oldest = min(map(_TIMESTAMP, own)) / 1000
        metrics.BATCH_SECONDS.labels(self._handler.name).observe(seconds)
        if self._ends is None:  # a rebuild reads what is old
            metrics.DONE_SECONDS.labels(self._handler.name).observe(max(0.0, time.time() - oldest))
        metrics.RECORDS.labels(self._handler.name).inc(len(own))
        log.info("batch", consumer=self._handler.name, records=len(own), ms=round(seconds * 1000, 1))

    def _wanted(self, place: Place, run: Iterable[Message]) -> list[Message]:
        """Of messages of one partition those that are ours to do."""
        first = self._positions.get(place, NEVER)
        end = NEVER if self._ends is None else self._ends.get(place, 0)
        return [one for one in run if first <= one.offset < end]

    def _at_ends(self) -> bool:
        if self._ends is None or not self._positions:
            return False
        return all(position >= self._ends.get(place, 0) for place, position in self._positions.items())
