"""What a start is refused for, and how long the parts are waited for."""

import time
from collections.abc import Callable

import httpx
import psycopg

from fangpin.broker import Broker

QUIET_S = 300.0  # nothing is read, published or begun for so long while parts are waited for: they will not come
LOOK_S = 0.1  # at the parts: a start takes a few seconds
MEASURE_S = 5.0  # how often it is asked how far they have come
SAY_S = 15.0  # how often a person hears what is being waited for


class StartFailure(Exception):
    """The hub could not start; what a person should look at."""


def refuse_lost_tails(database_url: str, broker: Broker) -> None:
    """Raises `StartFailure` where a checkpoint lies above the end of its log: before anybody writes new records there."""
    from fangpin import checkpoints, database

    with database.connect(database_url) as conn:
        lost = [one for one in checkpoints.outside(conn, broker) if one.next_offset > one.end]
    if lost:
        named = "；".join(
            f"{one.topic}[{one.partition}]：{one.consumer} 已读到 {one.next_offset}，日志止于 {one.end}" for one in lost
        )
        raise StartFailure(
            f"Kafka 丢失了日志末尾的记录（{named}）。若继续，新写入的记录会被跳过。请用 fangpin up --republish 启动，"
            "见 docs/guides/operating.md 的 “Kafka lost the end of a log”。"
        )


def wait_ready(
    health: str,
    database_url: str,
    dying: Callable[[], str | None],
    watched: Callable[[], bool],
    say: Callable[[str], None],
) -> None:
    """Until the URL `health` says that all parts are well, however long they work on what is there; says so now and then.

    Returns as well when they are `watched` no more. Raises `StartFailure` when one is `dying` again and again, or when
    nothing has moved for `QUIET_S`.
    """
    began = moved = measured = said = time.monotonic()
    reached: object = None
    while watched():
        missing = _missing(health)
        if not missing:
            say("各部分已就绪")
            return
        part, waiting, now = dying(), "、".join(missing), time.monotonic()
        if part is not None:
            raise StartFailure(f"{part} 一再退出；原因在 logs/{part}.log 的末尾。")
        if now > measured + MEASURE_S:
            measured, found = now, (missing, _reached(database_url))
            if found != reached:
                moved, reached = now, found
        if now > moved + QUIET_S:
            raise StartFailure(f"{QUIET_S:.0f} 秒没有任何进展，仍在等待 {waiting}；请看 logs 里的日志。")
        if now > said + SAY_S:
            said = now
            say(f"仍在等待 {waiting}（已 {now - began:.0f} 秒）")
        time.sleep(LOOK_S)


def _missing(health: str) -> list[str]:
    """The parts that are not well; the web itself when it does not answer."""
    try:
        answer = httpx.get(health, timeout=5, trust_env=False)
        if answer.status_code == 200:
            return []
        return sorted(part for part, state in answer.json()["parts"].items() if state != "ok") or ["web"]
    except (httpx.HTTPError, ValueError, KeyError):
        return ["web"]


def _reached(database_url: str) -> object:
    """How much has been read and published: it grows while any part works off what is there."""
    from fangpin import database
    from fangpin.errors import TransientError

    try:
        with database.connect(database_url) as conn:
            return conn.execute(
                "SELECT (SELECT sum(next_offset) FROM checkpoint), (SELECT sum(position) FROM publication)"
            ).fetchone()
    except (TransientError, psycopg.Error):
        return None
