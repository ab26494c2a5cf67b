"""poll → batch → commit over a fake broker and a real database: what is written is written once, whatever happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import psycopg
import pytest
from prometheus_client import REGISTRY

from consumers.runtime import AfterCommit, Loop, sessions
from consumers.runtime import loop as runtime_loop
from fangpin import database
from fangpin.broker import Message, Outgoing, Place
from fangpin.database import Connection
from fangpin.errors import FatalError, FencedError, PoisonError, TransientError
from fangpin.fake_broker import FakeAdmin, FakeBroker
from fangpin.topics import TopicSpec

TOPIC = "records"
PARTITIONS = 4
WITHIN = 120.0  # a guard against a hang, on a machine that does other things


class Journal:
    """A handler that writes down each record; the key is not unique, so what is done twice is seen twice.

    `before` runs in the transaction, before anything is written; `after` after the commit.
    """

    name = "journal"
    topics: Sequence[str] = (TOPIC,)

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.recovered = 0
        self.more = 0  # times that it has to be called before nothing is left to do
        self.before: Callable[[Sequence[Message]], None] = lambda messages: None
        self.after: AfterCommit | None = None

    def recover(self, conn: Connection) -> bool:
        self.recovered += 1
        return self.recovered < self.more

    def process(self, conn: Connection, messages: Sequence[Message]) -> AfterCommit | None:
        self.batches.append(len(messages))
        self.before(messages)
        with conn.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO journal VALUES (%s, %s, %s)", [(one.partition, one.offset, one.value) for one in messages]
            )
        return self.after


class Hub:
    """A broker with one topic, a database with one table, and the loops between them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.broker = FakeBroker()
        self.make_topic()
        self._conn = psycopg.connect(url, autocommit=True)
        self._conn.execute("CREATE TABLE journal (partition int, number bigint, value bytea)")

    def make_topic(self) -> None:
        self.broker.admin().create_topics([TopicSpec(TOPIC, PARTITIONS)])

    def publish(self, count: int, partition: int | None = None) -> None:
        """Records over all partitions in turn, or on one."""
        self.broker.producer().publish(
            Outgoing(TOPIC, None, b"%d" % n, [], n % PARTITIONS if partition is None else partition)
            for n in range(count)
        )

    def loop(
        self,
        handler: Journal,
        group: str | None = "group",
        ends: Mapping[Place, int] | None = None,
        part: str | None = None,
    ) -> Loop:
        return Loop(
            handler, broker=self.broker, database_url=self.url, group=group, max_records=20, ends=ends, part=part
        )

    def written(self) -> list[tuple[int, int]]:
        """(partition, offset) of everything in the journal."""
        return self._conn.execute("SELECT partition, number FROM journal ORDER BY 1, 2").fetchall()

    def published(self) -> list[tuple[int, int]]:
        return [(one.partition, one.offset) for one in self.broker.records(TOPIC)]

    def checkpoints(self) -> dict[int, int]:
        return dict(self._conn.execute("SELECT partition, next_offset FROM checkpoint").fetchall())

    def execute(self, statement: str, *values: object) -> int:
        return self._conn.execute(statement, values).rowcount

    def close(self) -> None:
        self._conn.close()


class Running:
    """A loop in a thread; its error is raised where the test waits for its end."""

    def __init__(self, loop: Loop, *, stop_when_fenced: bool = False) -> None:
        self._loop = loop
        executor = ThreadPoolExecutor(1)
        self._run = executor.submit(loop.run, stop_when_fenced=stop_when_fenced)
        executor.shutdown(wait=False)

    def ended(self) -> None:
        """Wait for the end, raise what it ended with."""
        self._run.result(WITHIN)

    def stop(self) -> None:
        self._loop.stop()
        self.ended()


@pytest.fixture
def hub(fresh_database: str) -> Iterator[Hub]:
    with closing(Hub(fresh_database)) as found:
        yield found


@contextmanager
def running(hub: Hub, handler: Journal, **options: str | None) -> Iterator[Running]:
    one = Running(hub.loop(handler, **options))
    try:
        yield one
    finally:
        one.stop()


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN
    while not what():
        assert time.monotonic() < deadline, "did not come true"
        time.sleep(0.01)


class Gate:
    """Holds the handler inside a batch until it is opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, _: object) -> None:
        self.entered.set()
        assert self.opened.wait(WITHIN)


class Fails:
    """Raises an error so many times, then no more."""

    def __init__(self, error: Exception, times: int = 1) -> None:
        self.error = error
        self.left = times

    def __call__(self, *_: object) -> None:
        if self.left:
            self.left -= 1
            raise self.error


@pytest.mark.parametrize("group", ["group", None])
def test_everything_is_written_once_with_its_checkpoint(hub: Hub, group: str | None) -> None:
    hub.publish(100)
    with running(hub, Journal(), group=group):
        wait_for(lambda: len(hub.written()) == 100)
        hub.publish(10)
        wait_for(lambda: len(hub.written()) == 110)
    assert hub.written() == hub.published()
    assert hub.checkpoints() == {0: 28, 1: 28, 2: 27, 3: 27}


def test_the_next_start_goes_on_from_the_checkpoint(hub: Hub) -> None:
    hub.publish(40)
    with running(hub, Journal()):
        wait_for(lambda: len(hub.written()) == 40)
    hub.publish(40)
    with running(hub, Journal()):
        wait_for(lambda: len(hub.written()) == 80)
    assert hub.written() == hub.published()


def test_a_first_checkpoint_is_the_logs_start(hub: Hub) -> None:
    hub.publish(10, partition=0)
    hub.broker.expire((TOPIC, 0), 4)
    with running(hub, Journal()):
        wait_for(lambda: len(hub.written()) == 6)
    assert hub.written() == [(0, number) for number in range(4, 10)]


def test_a_stop_lets_the_batch_in_hand_be_committed(hub: Hub) -> None:
    hub.publish(10)
    handler = Journal()
    handler.before = gate = Gate()
    one = Running(hub.loop(handler))
    assert gate.entered.wait(WITHIN)
    loop_stops = threading.Thread(target=one.stop)
    loop_stops.start()
    assert hub.written() == []
    gate.opened.set()
    loop_stops.join(WITHIN)
    assert hub.written() == hub.published()
    assert sum(hub.checkpoints().values()) == 10


def test_it_ends_by_itself_at_the_ends_and_writes_nothing_behind_them(hub: Hub) -> None:
    hub.publish(100)
    ends = {(TOPIC, 0): 25, (TOPIC, 1): 7, (TOPIC, 2): 0}
    Running(hub.loop(Journal(), group=None, ends=ends)).ended()
    assert hub.written() == [(0, n) for n in range(25)] + [(1, n) for n in range(7)]
    assert hub.checkpoints() == {0: 25, 1: 7, 2: 0, 3: 0}


@pytest.mark.parametrize(
    "error", [TransientError("away"), psycopg.OperationalError("gone")], ids=["broker", "database"]
)
def test_a_transient_error_rolls_back_and_is_tried_again(hub: Hub, error: Exception) -> None:
    hub.publish(10)
    handler = Journal()
    handler.before = Fails(error, times=2)
    with running(hub, handler):
        wait_for(lambda: len(hub.written()) == 10)
    assert len(handler.batches) >= 3
    assert hub.written() == hub.published()


def test_a_poll_that_fails_is_tried_again(hub: Hub) -> None:
    hub.publish(10)
    hub.broker.failing_polls = 2
    with running(hub, Journal()):
        wait_for(lambda: len(hub.written()) == 10)
    assert hub.broker.failing_polls == 0


def test_a_broker_that_is_away_is_waited_for(hub: Hub) -> None:
    hub.publish(10)
    hub.broker.away = True
    handler = Journal()
    with running(hub, handler):
        wait_for(lambda: handler.recovered >= 2)  # it has tried, and tried again
        assert hub.written() == []
        hub.broker.away = False
        wait_for(lambda: len(hub.written()) == 10)


def test_what_is_left_to_do_is_gone_on_with_while_nothing_comes(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime_loop, "IDLE_S", 10_000)
    handler = Journal()
    handler.more = 6
    with running(hub, handler):
        wait_for(lambda: handler.recovered == 6)
        hub.publish(10)
        wait_for(lambda: len(hub.written()) == 10)


def test_it_is_looked_now_and_then_for_what_others_left(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime_loop, "IDLE_S", 0)
    handler = Journal()
    with running(hub, handler):
        wait_for(lambda: handler.recovered >= 6)


def test_a_worker_that_froze_in_a_copy_holds_the_next_one_up_no_longer(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "LOCK_S", 1)
    hub.publish(10)
    with running(hub, Journal()):
        wait_for(lambda: len(hub.written()) == 10)
    monkeypatch.setattr(sessions, "FROZEN_S", 0)
    with closing(sessions.worker_connection(hub.url)) as zombie:
        zombie.execute("UPDATE checkpoint SET next_offset = next_offset")
        copy = zombie.cursor().copy("COPY journal FROM STDIN")
        copy.__enter__()
        hub.publish(10)
        with running(hub, Journal()):
            wait_for(lambda: len(hub.written()) == 20)
        with pytest.raises(psycopg.OperationalError):
            copy.__exit__(None, None, None)


def test_a_connection_that_was_cut_is_made_anew(hub: Hub) -> None:
    hub.publish(10)
    handler = Journal()
    with running(hub, handler):
        wait_for(lambda: len(hub.written()) == 10)
        cut = hub.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cut >= 1
        hub.publish(10)
        wait_for(lambda: len(hub.written()) == 20)
    assert hub.written() == hub.published()


def test_what_fails_after_the_commit_is_left_to_recovery(hub: Hub) -> None:
    hub.publish(10)
    handler = Journal()
    handler.after = Fails(TransientError("not acknowledged"))
    with running(hub, handler):
        wait_for(
            lambda: len(hub.written()) == 10 and handler.recovered >= 3
        )  # started, given partitions, started again
    assert hub.written() == hub.published()


@pytest.mark.parametrize(
    "error",
    [PoisonError("DECODE", "坏记录"), ValueError("a defect"), FatalError("lost")],
    ids=lambda error: type(error).__name__,
)
def test_what_nobody_foresaw_ends_the_loop_before_the_record(hub: Hub, error: Exception) -> None:
    hub.publish(10)
    handler = Journal()
    handler.before = Fails(error, times=1)
    with pytest.raises(type(error)):
        Running(hub.loop(handler)).ended()
    assert hub.written() == []
    assert set(hub.checkpoints().values()) == {0}
    with running(hub, Journal()):
        wait_for(lambda: hub.written() == hub.published())


def at_work(hub: Hub) -> None:
    """The loop has its positions: a record of partition 0 is done. The checkpoints' rows are there before that."""
    hub.publish(1, partition=0)
    wait_for(lambda: hub.written() == [(0, 0)] and hub.checkpoints()[0] == 1)


def take_over(hub: Hub, offset: int) -> None:
    """Another worker has gone on with partition 0."""
    moved = hub.execute("UPDATE checkpoint SET next_offset = %s WHERE partition = 0 AND topic = %s", offset, TOPIC)
    assert moved == 1


def test_a_fenced_worker_writes_nothing_of_what_another_did(hub: Hub) -> None:
    with running(hub, Journal()):
        at_work(hub)
        take_over(hub, 3)
        hub.publish(5, partition=0)
        wait_for(lambda: len(hub.written()) == 4)
    assert hub.written() == [(0, 0), (0, 3), (0, 4), (0, 5)]
    assert hub.checkpoints()[0] == 6


def test_a_fenced_worker_ends_when_it_was_asked_to(hub: Hub) -> None:
    one = Running(hub.loop(Journal()), stop_when_fenced=True)
    at_work(hub)
    take_over(hub, 3)
    hub.publish(5, partition=0)
    with pytest.raises(FencedError, match="no longer at 1"):
        one.ended()
    assert hub.written() == [(0, 0)]


def test_workers_share_the_partitions_and_a_rebalance_loses_and_doubles_nothing(hub: Hub) -> None:
    handlers = [Journal(), Journal()]
    handlers[0].before = gate = Gate()
    hub.publish(200)
    with running(hub, handlers[0]):
        assert gate.entered.wait(WITHIN)  # a batch in hand while the group changes
        with running(hub, handlers[1]):
            gate.opened.set()
            wait_for(lambda: hub.publish(PARTITIONS) or bool(handlers[1].batches))
        hub.publish(40)  # the one that stays takes all
        wait_for(lambda: len(hub.written()) >= len(hub.published()))
    assert hub.written() == sorted(hub.published())


def test_a_topic_made_anew_is_a_loud_stop(hub: Hub) -> None:
    hub.publish(10)
    with running(hub, Journal()):
        wait_for(lambda: len(hub.written()) == 10)
    hub.broker.delete_topic(TOPIC)
    hub.make_topic()
    hub.publish(3)
    with pytest.raises(FatalError, match="made anew"):
        Running(hub.loop(Journal())).ended()
    assert len(hub.written()) == 10


def test_a_log_that_lost_its_end_is_a_loud_stop(hub: Hub) -> None:
    hub.publish(10, 0)
    with running(hub, Journal()):
        wait_for(lambda: len(hub.written()) == 10)
    hub.broker.lose_end((TOPIC, 0), 7)
    hub.publish(1, 0)  # more of it, and what was written here would be skipped
    with pytest.raises(FatalError, match="above the log's end 8"):
        Running(hub.loop(Journal())).ended()


def test_records_that_expired_unread_are_a_loud_stop(hub: Hub) -> None:
    hub.publish(10, partition=0)
    with running(hub, Journal()):
        wait_for(lambda: len(hub.written()) == 10)
    hub.publish(10, partition=0)
    hub.broker.expire((TOPIC, 0), 15)
    with pytest.raises(FatalError, match="10 to 14 expired unread"):
        Running(hub.loop(Journal())).ended()


@pytest.mark.parametrize("between", [False, True], ids=["at the end", "between records"])
def test_the_mark_of_a_transaction_that_expires_was_nobodys_record(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, between: bool
) -> None:
    monkeypatch.setattr(runtime_loop, "IDLE_S", 0.0)
    hub.publish(10, partition=0)
    hub.broker.mark((TOPIC, 0))
    if between:
        hub.publish(2, partition=0)
        hub.broker.mark((TOPIC, 0))
    end = 14 if between else 11
    with running(hub, Journal()):
        wait_for(lambda: hub.checkpoints().get(0) == end)
    hub.broker.expire((TOPIC, 0), end)
    hub.publish(1, partition=0)
    with running(hub, Journal()):
        wait_for(lambda: (0, end) in hub.written())
    assert len(hub.written()) == (13 if between else 11)


def test_a_slow_handler_holds_the_reading_back(hub: Hub) -> None:
    hub.publish(2000)
    handler = Journal()
    ahead: list[int] = []
    handler.before = lambda messages: ahead.append(hub.broker.handed_out - sum(handler.batches))
    with running(hub, handler):
        wait_for(lambda: len(hub.written()) == 2000)
    assert max(handler.batches) <= 20
    assert max(ahead) <= 4 * 20  # a few polls ahead, never the whole log
    assert hub.written() == sorted(hub.published())


def test_a_poll_of_another_workers_records_is_not_written(hub: Hub) -> None:
    """A zombie: the group has given its partitions to another, who went on; it wakes with a batch in hand."""
    handler = Journal()
    with running(hub, handler):
        wait_for(lambda: len(hub.checkpoints()) == PARTITIONS)
        with database.connect(hub.url) as other:
            other.execute("UPDATE checkpoint SET next_offset = 5 WHERE partition = 0")
            hub.publish(5, partition=0)  # its batch waits for the row
            wait_for(lambda: _somebody_waits(hub))
            assert hub.written() == []
        hub.publish(1, partition=0)
        wait_for(lambda: len(hub.written()) == 1)
    assert hub.written() == [(0, 5)]


def _somebody_waits(hub: Hub) -> bool:
    return hub.execute("SELECT 1 FROM pg_locks WHERE NOT granted") > 0


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"fangpin_{name}", {"consumer": "journal", **labels}) or 0.0


def test_batches_records_and_retries_are_counted(hub: Hub) -> None:
    names = ("records_total", "batch_seconds_count", "publish_to_done_seconds_count", "publish_to_done_seconds_sum")
    before = [counted(name) for name in names]
    failed = counted("retries_total", reason="transient")
    hub.publish(10)
    handler = Journal()
    handler.before = Fails(TransientError("away"))
    with running(hub, handler):
        wait_for(lambda: len(hub.written()) == 10)
    records, batches, done, seconds = (counted(name) - was for name, was in zip(names, before, strict=True))
    assert records == 10
    assert batches == done == len(handler.batches) - 1
    assert seconds > 0
    assert counted("retries_total", reason="transient") == failed + 1


def test_a_loop_that_works_gives_signs_of_life_and_one_that_only_retries_does_not(hub: Hub) -> None:
    hub.publish(10)
    handler = Journal()
    handler.before = Fails(TransientError("away"), times=1000)
    with running(hub, handler, part="journal"):
        wait_for(lambda: handler.recovered >= 2 and bool(handler.batches))
        assert hub.execute("SELECT 1 FROM heartbeat") == 0
        handler.before = lambda messages: None
        wait_for(lambda: hub.execute("SELECT 1 FROM heartbeat WHERE part = 'journal'") == 1)
    assert hub.execute("SELECT 1 FROM heartbeat") == 0, "it ended in order"


def test_a_member_whom_its_group_forgot_joins_again(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its client waits for partitions for good, and every poll finds nothing."""
    monkeypatch.setattr(runtime_loop, "UNKNOWN_S", 0.2)
    hub.publish(7)
    hub.broker.forgotten = 1
    with running(hub, Journal(), part="journal"):
        wait_for(lambda: len(hub.written()) == 7)
    assert hub.broker.forgotten == 0


def test_a_member_without_partitions_that_its_group_knows_stays(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime_loop, "UNKNOWN_S", 0.2)
    asked = []
    monkeypatch.setattr(
        FakeAdmin, "members", lambda _, group: asked.append(group) or {f"fangpin.journal.{one}" for one in range(1, 9)}
    )
    before = counted("retries_total", reason="transient")
    handlers = [Journal() for _ in range(PARTITIONS + 1)]  # one more than there are partitions
    with ExitStack() as stack:
        for handler in handlers:
            stack.enter_context(running(hub, handler, part="journal"))
        wait_for(lambda: len(asked) > 2)
    assert counted("retries_total", reason="transient") == before
