"""Signs of life of the hub's parts, a row for each of their workers, for `/health` and `fangpin status`.

The loop that does the work writes them, not a thread beside it: a part that hangs, or only retries, goes silent. Ages
are taken by the database's clock, so the hosts' clocks do not matter.

The workers of a part are numbered from 1, and each holds its number by an advisory lock of its connection. So a number
whose worker died is free, and whoever comes in its place takes it, wherever it runs and however it is supervised: what
is red is a worker that nobody replaced, or that hangs.
"""

import time
from collections.abc import Iterable, Mapping, Sequence

from fangpin.database import Connection

EVERY_S = 2.0  # one small write; a poll that finds nothing lasts half a second
LOST_S = 15.0  # a healthy batch takes a few seconds, and a part that died is started again within one
FORGOTTEN_S = 3600.0  # a worker that was killed to have one fewer is told of for so long, if others are at work
MOST_WORKERS = 1000  # of a part: more than partitions, so some number is always free
OK = "ok"
Ages = Mapping[str, Sequence[float]]


class Heartbeat:
    """Of one worker of a part."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._next = 0.0
        self._conn: Connection | None = None  # whose lock it is
        self._worker: int | None = None

    def name(self, conn: Connection) -> str:
        """The worker's, which no other has as long as the connection lives. Inside a transaction, which may roll back."""
        return f"fangpin.{self._part}.{self._number(conn)}"

    def beat(self, conn: Connection) -> None:
        """Say that the work goes on. Between transactions: it makes one of its own, at most every `EVERY_S` seconds."""
        if time.monotonic() < self._next:
            return
        worker = self._number(conn)
        conn.execute("SET LOCAL synchronous_commit TO off")
        conn.execute(
            "INSERT INTO heartbeat (part, worker, seen_at) VALUES (%s, %s, now()) "
            "ON CONFLICT (part, worker) DO UPDATE SET seen_at = now()",
            (self._part, worker),
        )
        conn.commit()
        self._next = time.monotonic() + EVERY_S

    def end(self, conn: Connection) -> None:
        """The worker ends in order, and is not missed."""
        if self._worker is not None:
            self._delete(conn)
            conn.commit()
            self._worker = None

    def _number(self, conn: Connection) -> int:
        """The worker's: the lowest that is free. Over a new connection it may be another; then the earlier one is left."""
        if conn is self._conn and self._worker is not None:
            return self._worker
        row = conn.execute(
            "SELECT worker FROM generate_series(1, %s) AS worker "
            "WHERE pg_try_advisory_lock(hashtext('fangpin.heartbeat.' || %s), worker) LIMIT 1",
            (MOST_WORKERS, self._part),
        ).fetchone()
        assert row is not None
        if self._worker not in (None, row[0]):
            self._delete(conn)
        self._conn, self._worker = conn, int(row[0])
        return self._worker

    def _delete(self, conn: Connection) -> None:
        conn.execute("DELETE FROM heartbeat WHERE part = %s AND worker = %s", (self._part, self._worker))


def forget(conn: Connection) -> None:
    """Before the parts are started: what an earlier run left says nothing of this one."""
    conn.execute("DELETE FROM heartbeat")


def ages(conn: Connection) -> dict[str, list[float]]:
    """Seconds since the last sign of life of each part's workers, of the most silent last; of none, of the latest."""
    rows = conn.execute(
        "SELECT part, extract(epoch FROM now() - seen_at)::float8 FROM heartbeat ORDER BY part, seen_at DESC"
    )
    found: dict[str, list[float]] = {}
    for part, age in rows:
        workers = found.setdefault(part, [])
        if not workers or age < FORGOTTEN_S:
            workers.append(age)
    return found


def states(found: Ages, parts: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """For each part, which is several names of `found` (`ages`): "ok", or what is wrong."""
    return {part: _state(found, names) for part, names in parts.items()}


def _state(found: Ages, names: Iterable[str]) -> str:
    wrong = []
    for name in names:
        workers = found.get(name, ())
        silent = [age for age in workers if age > LOST_S]
        if not workers:
            wrong.append(f"{name} was not seen")
        elif silent:
            some = f", {len(silent)} of its {len(workers)} workers" if len(workers) > 1 else ""
            wrong.append(f"{name} gave no sign of life for {silent[-1]:.0f} s{some}")
    return "; ".join(wrong) or OK
