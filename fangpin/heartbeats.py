"""Signs of life of the hub's parts, a row each, for `/health` and `fangpin status`.

The loop that does the work writes them, not a thread beside it: a part that hangs, or only retries, goes silent. Ages
are taken by the database's clock, so the hosts' clocks do not matter.
"""

import time
from collections.abc import Iterable, Mapping, Sequence

from fangpin.database import Connection

EVERY_S = 2.0  # one small write; a poll that finds nothing lasts half a second
LOST_S = 15.0  # a healthy batch takes a few seconds, and a part that died is started again within one
OK = "ok"


class Heartbeat:
    """Of one worker of a part."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._next = 0.0

    def beat(self, conn: Connection) -> None:
        """Say that the work goes on. Between transactions: it makes one of its own, at most every `EVERY_S` seconds."""
        if time.monotonic() < self._next:
            return
        conn.execute("SET LOCAL synchronous_commit TO off")
        conn.execute(
            "INSERT INTO heartbeat (part, seen_at) VALUES (%s, now()) ON CONFLICT (part) DO UPDATE SET seen_at = now()",
            (self._part,),
        )
        conn.commit()
        self._next = time.monotonic() + EVERY_S


def forget(conn: Connection) -> None:
    """Before the parts are started: what an earlier run left says nothing of this one."""
    conn.execute("DELETE FROM heartbeat")


def ages(conn: Connection) -> dict[str, float]:
    """Seconds since each part's last sign of life."""
    rows = conn.execute("SELECT part, extract(epoch FROM now() - seen_at)::float8 FROM heartbeat").fetchall()
    return dict(rows)


def states(found: Mapping[str, float], parts: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """For each part, which is several rows of `found` (`ages`): "ok", or what is wrong."""
    return {part: _state(found, names) for part, names in parts.items()}


def _state(found: Mapping[str, float], names: Iterable[str]) -> str:
    wrong = []
    for name in names:
        age = found.get(name)
        if age is None:
            wrong.append(f"{name} was not seen")
        elif age > LOST_S:
            wrong.append(f"{name} gave no sign of life for {age:.0f} s")
    return "; ".join(wrong) or OK
