"""The guarded checkpoint on a real PostgreSQL: all of a batch's partitions move, or the worker learns that it is fenced."""

import threading
from collections.abc import Iterator

import pytest

from fangpin import checkpoints, database
from fangpin.broker import Outgoing
from fangpin.database import Connection
from fangpin.errors import FatalError, FencedError
from fangpin.fake_broker import FakeBroker
from fangpin.topics import TopicSpec

CONSUMER, OTHER = "reader", "another"
PLACES = [("feed.b", 2), ("feed.a", 10), ("feed.a", 9)]


@pytest.fixture
def conn(fresh_database: str) -> Iterator[Connection]:
    with database.connect(fresh_database) as opened:
        for consumer in (CONSUMER, OTHER):
            for place in PLACES:
                checkpoints.create(opened, consumer, place, "id", 5)
        opened.commit()
        yield opened


def offsets(conn: Connection, consumer: str) -> dict[checkpoints.Place, int]:
    return {place: one.next_offset for place, one in checkpoints.load(conn, consumer, PLACES).items()}


def test_each_partition_moves_to_its_own_offset_and_only_this_consumers(conn: Connection) -> None:
    moves = {place: (5, 6 + number) for number, place in enumerate(PLACES[:2])}
    checkpoints.advance(conn, CONSUMER, moves)
    assert offsets(conn, CONSUMER) == {PLACES[0]: 6, PLACES[1]: 7, PLACES[2]: 5}
    assert set(offsets(conn, OTHER).values()) == {5}


@pytest.mark.parametrize("wrong", [("feed.a", 9), ("feed.a", 11)], ids=["moved by another", "not there"])
def test_one_that_is_not_where_it_was_left_is_named(conn: Connection, wrong: checkpoints.Place) -> None:
    with pytest.raises(FencedError, match=rf"reader feed\.a\[{wrong[1]}\]: the checkpoint is no longer at 4"):
        checkpoints.advance(conn, CONSUMER, {("feed.b", 2): (5, 6), wrong: (4, 6)})


def test_of_two_workers_at_one_place_the_second_waits_and_is_fenced(conn: Connection, fresh_database: str) -> None:
    moves = dict.fromkeys(PLACES, (5, 8))
    checkpoints.advance(conn, CONSUMER, moves)
    fenced: list[FencedError] = []

    def second() -> None:
        with database.connect(fresh_database) as other:
            try:
                checkpoints.advance(other, CONSUMER, dict(reversed(moves.items())))
            except FencedError as error:
                other.rollback()
                fenced.append(error)

    worker = threading.Thread(target=second)
    worker.start()
    with database.connect(fresh_database, autocommit=True) as watching:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while worker.is_alive() and watching.execute(waiting).fetchone() == (0,):
            worker.join(0.01)
    assert worker.is_alive()
    conn.commit()
    worker.join()
    assert len(fenced) == 1
    assert set(offsets(conn, CONSUMER).values()) == {8}


def test_a_checkpoint_within_its_log_is_good_and_one_above_its_end_or_below_its_start_is_a_loud_stop() -> None:
    for offset in (5, 8, 10):
        checkpoints.check(("feed.a", 3), checkpoints.Checkpoint("id", offset), "id", 5, 10)
    with pytest.raises(FatalError, match=r"feed\.a\[3\]: the checkpoint 11 lies above the log's end 10"):
        checkpoints.check(("feed.a", 3), checkpoints.Checkpoint("id", 11), "id", 5, 10)
    with pytest.raises(FatalError, match="4 to 4 expired unread"):
        checkpoints.check(("feed.a", 3), checkpoints.Checkpoint("id", 4), "id", 5, 10)


def test_checkpoints_outside_their_logs_are_found_on_both_sides(fresh_database: str) -> None:
    broker = FakeBroker()
    broker.admin().create_topics([TopicSpec("feed.a", 4), TopicSpec("feed.b", 1)])
    broker.producer().publish(Outgoing("feed.a", None, b"v", [], n % 4) for n in range(40))
    ids = broker.admin().topic_ids()
    with database.connect(fresh_database) as conn:
        for partition in range(4):
            checkpoints.create(conn, CONSUMER, ("feed.a", partition), ids["feed.a"], 8)
        checkpoints.create(conn, OTHER, ("feed.a", 2), ids["feed.a"], 5)
        checkpoints.create(conn, CONSUMER, ("feed.b", 0), "of the topic before", 99)
        checkpoints.create(conn, CONSUMER, ("feed.gone", 0), "id", 99)
        assert checkpoints.outside(conn, broker) == []
        broker.expire(("feed.a", 1), 9)
        broker.lose_end(("feed.a", 2), 7)
        assert checkpoints.outside(conn, broker) == [
            checkpoints.Outside(CONSUMER, "feed.a", 1, 8, 9, 10),
            checkpoints.Outside(CONSUMER, "feed.a", 2, 8, 0, 7),
        ]
