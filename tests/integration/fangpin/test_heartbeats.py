"""Signs of life of several workers of a part: one that died is seen, one that was replaced or ended in order is not missed."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from fangpin import database, heartbeats
from fangpin.database import Connection
from fangpin.heartbeats import Heartbeat

PARTS = {"correlator": ["correlator"], "notifier": ["notifier"]}


class Ward:
    """Workers with connections of their own, which can be cut, and the time that has passed."""

    def __init__(self, url: str, stack: ExitStack) -> None:
        self._url = url
        self._stack = stack
        self.conn = self.connection()

    def connection(self) -> Connection:
        return self._stack.enter_context(database.connect(self._url))

    def start(self, part: str = "correlator") -> tuple[Heartbeat, Connection]:
        """A new worker and its connection."""
        heartbeat, conn = Heartbeat(part), self.connection()
        heartbeat.beat(conn)
        return heartbeat, conn

    def pass_by(self, seconds: float) -> None:
        """Nobody gives a sign for so long."""
        self.conn.execute("UPDATE heartbeat SET seen_at = seen_at - make_interval(secs => %s)", (seconds,))
        self.conn.commit()

    def die(self, conn: Connection) -> None:
        """As by kill -9: the server sees the connection end."""
        pid = conn.info.backend_pid
        conn.close()
        while self.conn.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone():
            self.conn.rollback()

    def state(self) -> str:
        found = heartbeats.states(heartbeats.ages(self.conn), PARTS)["correlator"]
        self.conn.rollback()
        return found


def again(heartbeat: Heartbeat, conn: Connection) -> None:
    """A sign of life, now."""
    heartbeat._next = 0.0
    heartbeat.beat(conn)


@pytest.fixture
def ward(fresh_database: str) -> Iterator[Ward]:
    with ExitStack() as stack:
        yield Ward(fresh_database, stack)


def test_one_dead_worker_of_several_is_told_until_another_takes_its_place(ward: Ward) -> None:
    _, first = ward.start()
    alive = ward.start()
    ward.die(first)
    ward.pass_by(40)
    again(*alive)
    assert ward.state() == "correlator gave no sign of life for 40 s, 1 of its 2 workers"
    replaced = ward.start()
    assert ward.state() == "ok"
    ward.pass_by(14)
    for one in (alive, replaced):
        again(*one)
    assert ward.state() == "ok"


def test_a_worker_that_hangs_is_told_though_another_was_started(ward: Ward) -> None:
    ward.start()
    ward.pass_by(40)
    ward.start()
    assert ward.state() == "correlator gave no sign of life for 40 s, 1 of its 2 workers"


def test_a_worker_that_ends_in_order_is_not_missed(ward: Ward) -> None:
    (heartbeat, conn), alive = ward.start(), ward.start()
    heartbeat.end(conn)
    ward.pass_by(40)
    again(*alive)
    assert ward.state() == "ok"
    alive[0].end(alive[1])
    assert ward.state() == "correlator was not seen"


def test_a_worker_that_connects_again_leaves_no_row_behind(ward: Ward) -> None:
    heartbeat, cut = ward.start()
    new = ward.connection()
    again(heartbeat, new)  # the server has not noticed that the old connection is gone
    ward.die(cut)
    ward.pass_by(40)
    again(heartbeat, new)
    assert ward.state() == "ok"


def test_parts_number_their_workers_by_themselves(ward: Ward) -> None:
    ward.start("notifier")
    ward.start()
    rows = ward.conn.execute("SELECT part, worker FROM heartbeat ORDER BY 1").fetchall()
    assert rows == [("correlator", 1), ("notifier", 1)]


def test_a_worker_fewer_is_forgotten_after_an_hour_but_not_the_last(ward: Ward) -> None:
    _, killed = ward.start()
    alive = ward.start()
    ward.die(killed)
    ward.pass_by(3700)
    assert ward.state().startswith("correlator gave no sign of life for 3700 s")
    again(*alive)
    assert ward.state() == "ok"
