"""The guarded checkpoint on a real PostgreSQL: all of a batch's partitions move, or the worker learns that it is fenced."""

import threading
from collections.abc import Iterator

import pytest

from fangpin import checkpoints, database
from fangpin.database import Connection
from fangpin.errors import FencedError

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
